import { useLingui } from '@lingui/react/macro';
import { ApiProblem } from '~/api/client';

export interface Words {
  title: string;
  detail: string;
  help: string;
}

/** Puts an error in words: texts of our own by `code` where we have them, the server's otherwise. */
export function useWords(): (problem: unknown) => Words {
  const { t } = useLingui();
  return (problem) => {
    if (!(problem instanceof ApiProblem)) {
      return {
        title: t`This page has an error`,
        detail: problem instanceof Error ? problem.message : String(problem),
        help: t`Reload the page. If it comes back, report it with these words.`,
      };
    }
    const own: Record<string, Words> = {
      offline: {
        title: t`No connection`,
        detail: t`The server cannot be reached. Nothing was lost: what you typed is still here.`,
        help: t`Check the network, or ask whoever runs the server whether it is up.`,
      },
      storage: {
        title: t`Not saved`,
        detail: t`The database did not take the request. Nothing was changed.`,
        help: t`Try again. If it stays so, the server's disk may be full.`,
      },
      // The server's own words are for programs; what is wrong stands at the fields or below.
      invalid: {
        title: problem.errors.length > 1 ? t`${problem.errors.length} things to mend` : t`One thing to mend`,
        detail: t`Nothing was saved. Mend what is marked, and try again.`,
        help: '',
      },
      changed_meanwhile: {
        title: t`Changed meanwhile`,
        detail: problem.changed?.by
          ? t`${problem.changed.by} changed it after you opened it. Nothing of yours was saved yet.`
          : t`Somebody changed it after you opened it. Nothing of yours was saved yet.`,
        help: t`Look at it again, then try again.`,
      },
      not_found: {
        title: t`Not found`,
        detail: t`What you look for is not there any more, or the link is wrong.`,
        help: '',
      },
    };
    const titles: Record<number, string> = {
      401: t`Not signed in`,
      403: t`Not allowed`,
      409: t`This does not go together`,
      422: problem.errors.length > 1 ? t`${problem.errors.length} things to mend` : t`One thing to mend`,
      429: t`Too many tries`,
    };
    // What is wrong is named field by field; the server's own sentence speaks to programs.
    if (problem.code === 'invalid' && problem.errors.length > 0)
      return { title: titles[422] ?? '', detail: t`Nothing was changed yet.`, help: '' };
    const said = {
      title: titles[problem.status] ?? t`It did not work`,
      detail: problem.message,
      help: problem.help,
    };
    return own[problem.code] ?? said;
  };
}
