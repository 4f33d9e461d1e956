/** The node pools that EKS Auto Mode has built in. */
export enum AutoModePool {
  /** For workloads of every kind: On-Demand instances with x86 processors. */
  GENERAL_PURPOSE = 'general-purpose',

  /** For what the cluster itself needs: tainted `CriticalAddonsOnly`, x86 and ARM. */
  SYSTEM = 'system',
}
