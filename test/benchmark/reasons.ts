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
