import { isApiError } from '../../api/status.ts';

/** The refusal of new content in a namespace that is going; there is no use in trying again. */
export function isNamespaceTerminating(error: unknown): boolean {
  return isApiError(error) && (error.status.details?.causes ?? []).some((cause) => cause.reason === 'NamespaceTerminating');
}
