import { ClusterCompute } from '../../lib/eks/cluster-compute';
import { NodeRole } from '../../lib/identity/node-role';
import { newEksCluster } from '../support/eks-clusters';
import { expectFailure } from '../support/errors';
import { Template } from '../support/fixture';
import { newNodeGroup } from '../support/node-groups';
import { newNodes } from '../support/self-managed-nodes';

test.each([newNodeGroup, newNodes])('fails for the role of EKS Auto Mode, which joins as another type', (make) => {
  const { stack, k8s } = newEksCluster({ compute: ClusterCompute.autoMode({ nodeGroups: true }) });
  expectFailure(
    () => make({ stack, cluster: k8s.cluster }, { role: k8s.nodeRole }),
    "role must be another than that of EKS Auto Mode, which joins as one type of node, got 'Shop/K8s/NodeRole': leave it out",
  );
});

test.each([newNodeGroup, newNodes])('a role of the user works beside EKS Auto Mode', (make) => {
  const { stack, k8s } = newEksCluster({ compute: ClusterCompute.autoMode({ nodeGroups: true }) });
  const role = new NodeRole(stack, 'Mine');
  expect(make({ stack, cluster: k8s.cluster }, { role }).role).toBe(role);
});

test('fails when managed and self-managed nodes have one role, whoever comes first', () => {
  const { stack, k8s } = newEksCluster();
  const role = new NodeRole(stack, 'Mine');
  newNodeGroup({ stack, cluster: k8s.cluster }, { role });
  newNodes({ stack, cluster: k8s.cluster }, { role }, 'Self');
  expect(() => Template.fromStack(stack)).toThrow(/^.*an identity must have one access entry in a cluster/s);
});

test('fails for a node group with the role of node classes of EKS Auto Mode', () => {
  const compute = ClusterCompute.autoMode({ pools: [], nodeGroups: true });
  const { stack, k8s } = newEksCluster({ compute });
  newNodeGroup({ stack, cluster: k8s.cluster }, { role: k8s.nodeRole });
  expect(() => Template.fromStack(stack)).toThrow(/^.*an identity must have one access entry in a cluster/s);
});
