import { ApiProblem } from './client';

/**
 * The errors of a refusal by form field. Pointers such as `/settings/user_id` become `settings.user_id`, as Mantine's
 * forms name nested fields; `rename` maps what is called otherwise in the form.
 */
export function fieldErrors(problem: unknown, rename: Record<string, string> = {}): Record<string, string> {
  if (!(problem instanceof ApiProblem)) return {};
  const errors: Record<string, string> = {};
  for (const { pointer, detail } of problem.errors) {
    const path = pointer.slice(1).replaceAll('/', '.');
    errors[rename[path] ?? path] ??= detail;
  }
  return errors;
}
