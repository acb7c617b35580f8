import { useLingui } from '@lingui/react/macro';
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { api, body } from '~/api/client';
import { serverNow } from '~/api/clock';
import { useLive } from '~/live/hooks';
import { notify, wantsNotify, watchSeen } from '~/ui/notify';
import { plain } from '~/wa/parse';
import { useSnippet } from './snippet';

const ID = 'inbox-news';
const SHOWN_MS = 8_000;

/**
 * Tells on every page but the inbox that somebody wrote, and outside of the browser when nobody looks and it was wished for;
 * many at once are counted and not listed.
 */
export function News() {
  const { t } = useLingui();
  const client = useQueryClient();
  const navigate = useNavigate();
  const inInbox = useLocation().pathname.startsWith('/inbox');
  const snippet = useSnippet();
  /** Who wrote since nothing was shown, and how often it was told. */
  const recent = useRef<{ ids: Set<string>; until: number }>({ ids: new Set(), until: 0 });
  const seen = useRef(new Map<string, number>());
  /** A new connection is told of the last minute; what came before this page was open is no news. */
  const [since] = useState(() => serverNow() - 2_000);

  useEffect(watchSeen, []);

  const show = (text: string, act: string, open: () => void) => {
    notifications.hide(ID);
    notifications.show({
      id: ID,
      autoClose: SHOWN_MS,
      closeButtonProps: { 'aria-label': t`Close` },
      message: (
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Text size="sm" lineClamp={2} dir="auto">
            {text}
          </Text>
          <Button
            size="compact-sm"
            variant="light"
            style={{ flexShrink: 0 }}
            onClick={() => {
              notifications.hide(ID);
              open();
            }}
          >
            {act}
          </Button>
        </Group>
      ),
    });
  };
  const tell = async (id: string) => {
    const now = Date.now();
    if (now > recent.current.until) recent.current.ids.clear();
    recent.current.ids.add(id);
    recent.current.until = now + SHOWN_MS;
    const people = recent.current.ids.size;
    if (people > 1) {
      const open = () => void navigate({ to: '/inbox' });
      const text = t`${people} people wrote.`;
      if (!(await notify(text, open)) && !inInbox) show(text, t`Open the inbox`, open);
      return;
    }
    const c = await client.fetchQuery({
      queryKey: ['conversation', 'one', id],
      queryFn: () => body(api.GET('/api/v1/conversations/{id}', { params: { path: { id } } })),
      staleTime: 0,
    });
    const who = c.name ?? c.phone;
    const what = snippet(plain(c.last_text));
    const open = () => void navigate({ to: '/inbox/$id', params: { id } });
    if (!(await notify(t`${who} wrote.`, open)) && !inInbox) show(t`${who} wrote: ${what}`, t`Open`, open);
  };
  useLive(({ topic, data }) => {
    const { id, at, unread, direction } = data;
    if (topic !== 'conversation' || id === undefined || direction !== 'in') return;
    // What somebody read, or what was told before, is no news.
    const when = typeof at === 'number' ? at : serverNow();
    if (unread === 0 || when < since || (seen.current.get(id) ?? 0) >= when) return;
    seen.current.set(id, when);
    if (inInbox && (document.visibilityState === 'visible' || !wantsNotify())) return;
    tell(id).catch(() => {
      // The inbox has it all the same.
    });
  });
  return null;
}
