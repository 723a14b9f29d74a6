/** A kubeconfig for the administrator. */
export function kubeconfig(server: string, token: string | undefined, certificateAuthority?: string): string {
  const user = token === undefined ? '{}' : `{token: ${JSON.stringify(token)}}`;
  const authority =
    certificateAuthority === undefined ? '' : `, certificate-authority-data: ${Buffer.from(certificateAuthority).toString('base64')}`;
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
