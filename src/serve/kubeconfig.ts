/** Client libraries want to be told that plain HTTP is meant; kubectl does not mind. */
const PLAIN = ', insecure-skip-tls-verify: true';

/** A kubeconfig for the administrator. */
export function kubeconfig(server: string, token: string | undefined, certificateAuthority?: string): string {
  const user = token === undefined ? '{}' : `{token: ${JSON.stringify(token)}}`;
  const authority =
    certificateAuthority === undefined ? PLAIN : `, certificate-authority-data: ${Buffer.from(certificateAuthority).toString('base64')}`;
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    `- {name: kubarium, cluster: {server: "${server}"${authority}}}`,
    'users:',
    `- {name: admin, user: ${user}}`,
    'contexts:',
    '- {name: kubarium, context: {cluster: kubarium, user: admin}}',
    'current-context: kubarium',
    '',
  ].join('\n');
}
