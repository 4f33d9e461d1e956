import {
  aws_ecs as ecs,
  aws_elasticloadbalancingv2 as elbv2,
  aws_route53 as route53,
  Duration,
  Size,
  Stack,
} from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EcsCluster, Mount, Routing, WebService } from '../../lib';
import { ExampleNetwork } from '../network';

/** The tasks speak plain MQTT, and MQTT over WebSockets: TLS ends at the load balancers. */
const MOSQUITTO = `listener 1883
listener 9001
protocol websockets
allow_anonymous true
log_dest stdout
`;

/** Services that speak something else than HTTP/1.1: MQTT behind a Network Load Balancer, gRPC behind an Application one. */
export class TcpAndGrpc extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { vpc } = new ExampleNetwork(this, 'Network');
    const { cluster } = new EcsCluster(this, 'Ecs', { vpc });
    const zone = route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: 'Z0123456789EXAMPLE',
      zoneName: 'example.com',
    });

    new WebService(this, 'Broker', {
      cluster,
      container: {
        image: ecs.ContainerImage.fromRegistry('public.ecr.aws/docker/library/eclipse-mosquitto:2.0'),
        user: '1883:1883',
        mounts: [Mount.configFile('/mosquitto/config/mosquitto.conf', MOSQUITTO)],
      },
      port: 1883,
      routing: Routing.all([
        // Devices: firewalls of factories know addresses only.
        Routing.network({
          listeners: [{ port: 8883, protocol: elbv2.Protocol.TLS }],
          domain: { name: 'mqtt.example.com', zone },
          staticAddresses: true,
        }),
        // Browsers: the same broker over WebSockets, whose tasks answer a plain request with an error.
        Routing.domain('live.example.com', {
          zone,
          port: 9001,
          healthCheck: { path: '/', healthyHttpCodes: '200-499' },
        }),
      ]),
    });

    new WebService(this, 'Rates', {
      cluster,
      container: {
        image: ecs.ContainerImage.fromRegistry('moul/grpcbin:latest'),
        user: '1000',
        mounts: [Mount.scratch('/tmp', { size: Size.mebibytes(32) })],
      },
      port: 9000,
      protocolVersion: elbv2.ApplicationProtocolVersion.GRPC,
      // Any gRPC server answers the load balancer's own question with 12: it knows no such method.
      healthCheck: { healthyGrpcCodes: '12', interval: Duration.seconds(15) },
      routing: Routing.domain('rates.example.com', { zone }),
    });
  }
}
