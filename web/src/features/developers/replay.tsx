import { useLingui } from '@lingui/react/macro';
import { confirm } from '~/ui/confirm';
import { done } from '~/ui/toast';
import { useReplay } from './queries';
import { useStateWords } from './StateWord';
import type { CallbackState } from './states';

/** Asks, and applies again all callbacks in a state. */
export function useAskReplay(): (state: CallbackState) => void {
  const { t } = useLingui();
  const words = useStateWords();
  const replay = useReplay();
  return (state) =>
    confirm({
      title: t`Apply these callbacks again?`,
      children: t`All callbacks of all providers in the state "${words(state).word}" are read and applied anew. What was applied before changes nothing.`,
      act: t`Apply them again`,
      run: async () => {
        const { callbacks, note } = await replay.mutateAsync({ state });
        done([t`${callbacks} callbacks are applied again.`, note].filter(Boolean).join(' '));
      },
    });
}
