import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconMessage, IconSend } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { ApiProblem, api, body, once } from '~/api/client';
import { queryClient } from '~/api/query';
import { useCan } from '~/api/session';
import { TemplatePicker } from '~/features/inbox/TemplatePicker';
import type { Template } from '~/features/inbox/templates';
import { useSaid } from '~/i18n/said';
import { done } from '~/ui/toast';
import { type Profile, useConversationOf } from './queries';

/** Leads to the chat with a person, or begins one with a template. */
export function WriteTo({ person }: { person: Profile }) {
  const can = useCan();
  const found = useConversationOf(person.phone, can('inbox.read'));
  const chat = found.data?.data[0];
  const [picking, setPicking] = useState(false);
  const optedOut = person.consent === 'opted_out' || person.number_opted_out;
  if (chat) {
    return (
      <Button
        component={Link}
        to={`/inbox/${chat.id}`}
        variant="default"
        leftSection={<IconMessage size={16} aria-hidden />}
      >
        <Trans>Open the chat</Trans>
      </Button>
    );
  }
  if (!person.phone || optedOut || !can('messages.send') || !can('templates.read')) return null;
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconSend size={16} aria-hidden />}
        onClick={() => setPicking(true)}
      >
        <Trans>Send a template</Trans>
      </Button>
      {picking && <Send person={person} phone={person.phone} close={() => setPicking(false)} />}
    </>
  );
}

function Send({ person, phone, close }: { person: Profile; phone: string; close: () => void }) {
  const { t } = useLingui();
  const said = useSaid();
  // A second try of the same message is the same message.
  const key = useRef(once());
  const sending = useMutation({
    mutationFn: ({ template, mapping }: { template: Template; mapping: Template['mapping'] }) =>
      body(
        api.POST('/api/v1/messages', {
          body: { template_id: template.id, profile_id: person.id, mapping },
          headers: key.current,
        }),
      ),
    onSuccess: ({ waits }) => {
      done(waits ? said(waits) : t`On its way. What becomes of it stands in the history.`);
      void queryClient.invalidateQueries({ queryKey: ['message', 'timeline', person.id] });
      close();
    },
    onError: (problem) => {
      // What was refused can be mended; what may have arrived is asked for again, and not sent twice.
      if (problem instanceof ApiProblem && problem.status >= 400 && problem.status < 500)
        key.current = once();
    },
  });
  return (
    <TemplatePicker
      conversation={{ profile_id: person.id, name: person.name ?? null, phone }}
      accountId="any"
      onClose={close}
      onSend={(template, _, mapping) => sending.mutate({ template, mapping })}
      sending={sending.isPending}
      problem={sending.error}
    />
  );
}
