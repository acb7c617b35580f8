import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Card, List, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useId } from 'react';
import { api, body } from '~/api/client';
import { useCan } from '~/api/session';
import { useMessage } from '~/features/messages/queries';
import { Phone, Time, useFormat } from '~/ui/format';
import { fromTemplate, valuesOf } from '~/wa/convert';
import { fromMessage } from '~/wa/message';
import { PhoneFrame } from '~/wa/PhoneFrame';
import { WaBubble } from '~/wa/WaBubble';
import { useAudienceWords, useExcludeWords } from '../audience';
import { useHeldBackWords, useQuietWords } from '../edit/words';
import { type Campaign, useAccounts, useLaunched, useLists, useTemplate } from '../queries';

/** What was sent to whom, from where and when. */
export function Setup({ campaign }: { campaign: Campaign }) {
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Facts campaign={campaign} />
      <Said campaign={campaign} />
    </SimpleGrid>
  );
}

function Facts({ campaign }: { campaign: Campaign }) {
  const { t } = useLingui();
  const can = useCan();
  const format = useFormat();
  const words = useAudienceWords();
  const excludeWords = useExcludeWords();
  const quietWords = useQuietWords();
  const heldBackWords = useHeldBackWords();
  const lists = useLists(campaign.audience.type !== 'everyone' || Boolean(campaign.exclude?.list_ids));
  const launched = useLaunched(Boolean(campaign.exclude?.campaign_ids));
  const accounts = useAccounts(can('accounts.read'));
  const template = useTemplate(campaign.template_id);
  const account = accounts.data?.data.find((a) => a.id === campaign.account_id);
  const numbers = account?.numbers.filter((n) => campaign.number_ids.includes(n.id)) ?? [];
  const nameOf = (id: string) =>
    [...(lists.data?.data ?? []), ...(launched.data?.data ?? [])].find((one) => one.id === id)?.name;
  const to = words(campaign.audience, nameOf);
  const without = excludeWords(campaign.exclude, nameOf);
  const quiet = quietWords(campaign.quiet);
  const times: [string, number | null | undefined][] = [
    [t`Written`, campaign.created_at],
    [t`Planned for`, campaign.scheduled_at],
    [t`Started`, campaign.launched_at],
    [t`Cut-off`, campaign.ends?.at],
    [t`Ended`, campaign.finished_at],
  ];
  return (
    <Card withBorder>
      <Stack>
        <Fact title={t`Who`}>
          {to.length === 1 ? (
            <Text size="sm" dir="auto">
              {to[0]}
            </Text>
          ) : (
            <>
              <Text size="sm">
                {campaign.audience.type === 'lists' ? (
                  <Trans>Any of:</Trans>
                ) : (
                  <Trans>People for whom all of this holds:</Trans>
                )}
              </Text>
              <Lines lines={to} />
            </>
          )}
        </Fact>
        {without.length > 0 && (
          <Fact title={t`Left out`}>
            <Lines lines={without} />
          </Fact>
        )}
        <Fact title={t`Frequency cap and control group`}>
          <Lines lines={heldBackWords(campaign)} />
        </Fact>
        <Fact title={t`Template`}>
          <Anchor component={Link} to={`/templates/${campaign.template_id}`} size="sm" dir="auto">
            {template.data ? `${template.data.name} (${template.data.language})` : campaign.template_id}
          </Anchor>
        </Fact>
        <Fact title={t`From`}>
          {account && (
            <Text size="sm" dir="auto">
              {account.nickname}
            </Text>
          )}
          {numbers.map((number) => (
            <Text size="sm" key={number.id}>
              <Phone number={number.phone} />
            </Text>
          ))}
        </Fact>
        <Fact title={t`Speed`}>
          <Text size="sm">
            {campaign.messages_per_second ? (
              <Trans>At most {format.number(campaign.messages_per_second)} messages a second</Trans>
            ) : (
              <Trans>As fast as the numbers may</Trans>
            )}
          </Text>
        </Fact>
        {campaign.owner && (
          <Fact title={t`Written by`}>
            <Text size="sm">
              <bdi>{campaign.owner.name}</bdi>
            </Text>
          </Fact>
        )}
        {quiet.length > 0 && (
          <Fact title={t`Quiet hours`}>
            <Lines lines={quiet} />
          </Fact>
        )}
        {times.map(
          ([title, at]) =>
            at && (
              <Fact key={title} title={title}>
                <Text size="sm">
                  <Time at={at} full />
                </Text>
              </Fact>
            ),
        )}
      </Stack>
    </Card>
  );
}

function Lines({ lines }: { lines: string[] }) {
  return (
    <List size="sm">
      {lines.map((line) => (
        <List.Item key={line}>
          <bdi>{line}</bdi>
        </List.Item>
      ))}
    </List>
  );
}

function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <Title order={3} size="xs" c="dimmed" fw={500}>
        {title}
      </Title>
      {children}
    </div>
  );
}

/** The message as a person got it; before anybody did, the template with the campaign's values. */
function Said({ campaign }: { campaign: Campaign }) {
  const { t } = useLingui();
  const heading = useId();
  const first = useQuery({
    queryKey: ['recipients', campaign.id, 'first'],
    queryFn: () =>
      body(
        api.GET('/api/v1/campaigns/{id}/messages', {
          params: { path: { id: campaign.id }, query: { limit: 1 } },
        }),
      ),
  });
  const template = useTemplate(campaign.template_id);
  const row = first.data?.data[0];
  if (first.isPending || template.isPending) return <Skeleton height={320} />;
  return (
    <section aria-labelledby={heading}>
      <Title order={2} size="h5" mb="xs" id={heading}>
        <Trans>What it says</Trans>
      </Title>
      {row ? (
        <AsGot id={row.id} phone={row.phone} />
      ) : (
        template.data && (
          <PhoneFrame title={t`Preview`} label={t`What it says`}>
            <WaBubble
              content={fromTemplate(template.data.content, valuesOf(template.data.content, campaign.mapping))}
              marketing={template.data.category === 'marketing'}
            />
          </PhoneFrame>
        )
      )}
    </section>
  );
}

function AsGot({ id, phone }: { id: string; phone: string }) {
  const { t } = useLingui();
  const { data } = useMessage(id);
  if (!data) return <Skeleton height={320} />;
  return (
    <Stack gap="xs">
      <PhoneFrame title={<Phone number={data.number} />} label={t`What it says`}>
        <WaBubble content={fromMessage(data.content)} />
      </PhoneFrame>
      <Text size="xs" c="dimmed">
        <Trans>
          As <Phone number={phone} /> got it. Others got it with their own values.
        </Trans>
      </Text>
    </Stack>
  );
}
