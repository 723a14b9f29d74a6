/** The resource of definitions, and what holds one that goes until its objects are gone. */
export const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';
export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';
