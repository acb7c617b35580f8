import { Trans } from '@lingui/react/macro';
import type { useDraft } from './drafts';

/** Where the draft is, said quietly. */
export function DraftState({ draft }: { draft: Pick<ReturnType<typeof useDraft>, 'standing'> }) {
  switch (draft.standing) {
    case 'saved':
      return <Trans>Draft saved.</Trans>;
    case 'browser':
      return <Trans>The draft is kept in this browser only.</Trans>;
    case 'screen':
      return <Trans>The draft is not saved: this browser keeps nothing.</Trans>;
    default:
      return null;
  }
}
