/** Why a service of ours has more resources of a type than the pattern. A type without a reason fails the benchmark. */
export const REASONS: Record<string, string> = {
  'AWS::ApplicationAutoScaling::ScalableTarget':
    'the number of tasks follows the load (2 to 10); the pattern stays at one task',
  'AWS::ApplicationAutoScaling::ScalingPolicy': 'what the number of tasks follows: CPU at 60 %',
  'AWS::ECS::ClusterCapacityProviderAssociations':
    'Fargate and Fargate Spot: a strategy instead of LaunchType lets a service change its compute without a replacement',
  'AWS::ElasticLoadBalancingV2::ListenerRule':
    'requests that no rule names get 404, and a blue/green deployment can shift the rule later without a replacement',
  'AWS::IAM::ManagedPolicy':
    'grants land in a customer managed policy, because auditors refuse the inline one of the pattern',
  'AWS::Logs::LogGroup': 'audit log of the shells that ECS Exec opens, one for the cluster',
  'AWS::S3::Bucket': 'access logs of the load balancer: encrypted, versioned, private, kept for a year',
  'AWS::S3::BucketPolicy': 'only the log delivery of this account writes access logs, and only over TLS',
};

/** The same for a service on instances of EC2, beside one made by hand with L2s. */
export const POOL_REASONS: Record<string, string> = {
  'AWS::IAM::ManagedPolicy':
    'what instances and the start of tasks may do is in customer managed policies, because auditors refuse inline ones',
};

/** Why each service behind a shared load balancer has a resource of its own. A type without a reason fails the benchmark. */
export const ROUTE_REASONS: Record<string, string> = {
  'AWS::ApplicationAutoScaling::ScalableTarget': 'the bounds of one service: 2 to 10 tasks',
  'AWS::ApplicationAutoScaling::ScalingPolicy': 'what its number of tasks follows: CPU at 60 %',
  'AWS::EC2::SecurityGroup':
    'who reaches its port, and what a database lets in: one for many services would admit all of them',
  'AWS::ECS::Service': 'what runs its tasks',
  'AWS::ECS::TaskDefinition': 'its image, size and identities: each deployment is a revision of it',
  'AWS::ElasticLoadBalancingV2::ListenerRule': 'which requests are its own',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'its tasks and their health, on which a deployment waits',
  'AWS::IAM::ManagedPolicy':
    'what its execution role may do, in a customer managed policy because auditors refuse inline ones',
  'AWS::IAM::Role': 'the identity of its code, and the one that starts its tasks',
  'AWS::Logs::LogGroup': 'its lines, with a retention, readers and metric filters of their own',
};

/** A way to fewer resources. */
export interface Saving {
  readonly what: string;
  /** How many resources each service has less. */
  readonly each: number;
  /** How many its stack has instead. */
  readonly stack: number;
  readonly costs: string;
}

/** From the defaults on, the cheapest first. The first two are the shared start, with the third the shared roles. */
export const SAVINGS: Saving[] = [
  {
    what: 'one log group in a stack',
    each: 1,
    stack: 1,
    costs: 'one retention for all; who reads lines of one service reads all; streams are told apart by streamPrefix',
  },
  {
    what: 'one execution role in a stack',
    each: 2,
    stack: 2,
    costs:
      'nothing while all start alike; with secrets, each task definition of the stack could name those of the others',
  },
  {
    what: 'one task role in a stack, without grants',
    each: 1,
    stack: 1,
    costs: 'nothing for code that calls no AWS; a grant to one service is one to all: then it needs a role of its own',
  },
  {
    what: 'a fixed number of tasks',
    each: 2,
    stack: 0,
    costs: 'the peak is paid for all day, or not served',
  },
  {
    what: 'one security group in a stack',
    each: 1,
    stack: 1,
    costs: 'whatever lets one service in lets in all of them, and services of a stack reach each other',
  },
];
