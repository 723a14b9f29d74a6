declare module 'virtual:kubernetes-schema' {
  /** JSON text of the schema. */
  const schema: string;
  export default schema;
}
