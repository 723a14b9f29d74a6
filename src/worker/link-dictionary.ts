/**
 * Texts that links are full of, the most frequent last (nearest to the data, cheapest to refer
 * to). Part of the link's format: a change here is a new version there.
 */
export const LINK_DICTIONARY = `apiVersion: kubarium.dev/v1alpha1
kind: Cluster
masters: minions: release: v1.35.0 seed: podCIDR: serviceCIDR: startTime: flags:
{"kind":"link","between":["{"kind":"machine","host":"minion-1","action":"power-off"}{"kind":"write-file","host":"master-1","path":"/root/
{"kind":"unit","host":"minion-1","unit":"kubelet","action":"stop"}"action":"start"
{"kind":"terminal-close","terminal":"{"kind":"terminal-signal","terminal":"t1","signal":"INT"}"EOF"
{"kind":"request","id":1,"method":"DELETE","path":"/api/v1/namespaces/default/pods/ "method":"PATCH" "contentType":"application/merge-patch+json","body":"
kubectl create -f kubectl apply -f kubectl get pods -o wide --show-labels kubectl describe pod kubectl delete pod kubectl scale deployment --replicas= kubectl rollout undo deployment/ kubectl set image deployment/ kubectl label pod kubectl logs kubectl get nodes
apiVersion: batch/v1\\nkind: Job\\nkind: CronJob\\napiVersion: v1\\nkind: Namespace\\nkind: Secret\\ntype: Opaque\\nstringData:\\nkind: ConfigMap\\nmetadata:\\n  name: config\\ndata:\\n
apiVersion: apps/v1\\nkind: DaemonSet\\nkind: StatefulSet\\nserviceName:\\nvolumeClaimTemplates:\\naccessModes: [ReadWriteOnce]\\nstorage: 1Gi\\n
apiVersion: apps/v1\\nkind: ReplicaSet\\napiVersion: v1\\nkind: ReplicationController\\nkind: Pod\\nmetadata:\\n  name: \\n  namespace: default\\n  annotations:\\n
    spec:\\n      initContainers:\\n      volumes:\\n      - name: \\n        configMap:\\n        emptyDir: {}\\n        hostPath:\\n      restartPolicy: Never\\n      nodeSelector:\\n      tolerations:\\n      affinity:\\n
        command: ['sh', '-c', 'sleep']\\n        args:\\n        env:\\n        - name: \\n          value: \\n        valueFrom:\\n        volumeMounts:\\n        - name: \\n          mountPath: /
        readinessProbe:\\n          httpGet:\\n            path: /\\n            port: 80\\n        livenessProbe:\\n          initialDelaySeconds: 5\\n          periodSeconds: 10\\n          exec:\\n            command:\\n
        resources:\\n          requests:\\n            cpu: 100m\\n            memory: 128Mi\\n          limits:\\n            cpu: 500m\\n            memory: 256Mi\\n
---\\napiVersion: v1\\nkind: Service\\nmetadata:\\n  name: web\\nspec:\\n  type: NodePort\\n  type: LoadBalancer\\n  clusterIP: None\\n  selector:\\n    app: web\\n  ports:\\n  - name: http\\n    port: 80\\n    targetPort: 8080\\n    protocol: TCP\\n
apiVersion: apps/v1\\nkind: Deployment\\nmetadata:\\n  name: web\\n  labels:\\n    app: web\\nspec:\\n  replicas: 3\\n  strategy:\\n    type: RollingUpdate\\n  selector:\\n    matchLabels:\\n      app: web\\n  template:\\n    metadata:\\n      labels:\\n        app: web\\n    spec:\\n      containers:\\n      - name: web\\n        image: nginx:1.27\\n        image: luksa/kubia\\n        image: busybox\\n        ports:\\n        - containerPort: 80\\n
{"document":"","files":[{"name":"web.yaml","text":"apiVersion: v1\\n"}],"log":[{"event":0,"atMs":0,"input":{"kind":"apply","id":1,"files":[{"name":"web.yaml","text":"apiVersion: apps/v1\\nkind: Deployment\\n"}]}},{"event":1000,"atMs":1000,"input":{"kind":"terminal-open","terminal":"t1","host":"master-1"}},{"event":1000,"atMs":1000,"input":{"kind":"terminal-line","terminal":"t1","text":"kubectl get pods"}}],"until":{"event":1000,"atMs":1000},"paused":false}`;
