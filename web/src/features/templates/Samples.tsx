import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Button, Group, SegmentedControl, Select, Text, Title } from '@mantine/core';
import { IconBan, IconPlus } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCan } from '~/api/session';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { fromTemplate, valuesOf } from '~/wa/convert';
import { PhoneScreen } from '~/wa/PhoneScreen';
import { formOf, type Written } from './form';
import { isUsable, useCarriers } from './queries';
import type { SamplesSearch } from './routes';
import { useLacking } from './rules';
import classes from './Samples.module.css';
import {
  SAMPLE_LANGUAGES,
  SAMPLE_NAMES,
  type SampleLanguage,
  type SampleName,
  sampleLanguage,
  sampleOf,
} from './samples';
import { useCategoryNames } from './words';

function useTitles(): Record<SampleName, string> {
  const { t } = useLingui();
  return {
    order_confirmed: t`Order confirmation`,
    order_shipped: t`Order on its way`,
    out_for_delivery: t`Delivery with a link to follow`,
    appointment_reminder: t`Reminder of an appointment`,
    payment_reminder: t`Reminder of a payment`,
    cart_waiting: t`Forgotten cart, with a code`,
    festive_offer: t`Offer with a picture`,
    limited_offer: t`Offer that ends, with a code`,
    how_did_we_do: t`Question how it was`,
    event_invitation: t`Invitation with a map`,
    invoice_file: t`Invoice or ticket as a file`,
    welcome: t`Welcome`,
  };
}

/** Samples that a template can begin with, as they look on a phone. */
export function Samples() {
  const { t, i18n } = useLingui();
  const can = useCan();
  const navigate = useNavigate();
  const search = useSearch({ from: '/shell/templates/samples' });
  const language = sampleLanguage(search.language) ?? sampleLanguage(i18n.locale) ?? 'en';
  const set = (change: SamplesSearch) =>
    void navigate({ to: '/templates/samples', search: { ...search, ...change }, replace: true });
  const { carriers, error } = useCarriers();
  const usable = carriers.filter(isUsable);
  const carrier =
    usable.find(({ account }) => account.id === search.account) ??
    (usable.length === 1 ? usable[0] : undefined);
  const titles = useTitles();
  const lacking = useLacking();
  const now = new Date();
  return (
    <>
      <Anchor component={Link} to="/templates" size="sm">
        <Trans>All templates</Trans>
      </Anchor>
      <PageHeader
        title={t`Sample templates`}
        about={<Trans>Begin with one and change what you like. Nothing is kept before you save it.</Trans>}
        actions={
          can('templates.write') && (
            <Button
              component={Link}
              to="/templates/new"
              variant="default"
              leftSection={<IconPlus size={16} aria-hidden />}
            >
              <Trans>Begin with nothing</Trans>
            </Button>
          )
        }
      />
      {error !== null && error !== undefined && <ProblemAlert problem={error} />}
      <Group mb="md" gap="sm">
        <SegmentedControl
          aria-label={t`Language of the samples`}
          data={Object.entries(SAMPLE_LANGUAGES).map(([value, label]) => ({
            value,
            label: <span lang={value}>{label}</span>,
          }))}
          value={language}
          onChange={(value) => set({ language: value })}
        />
        {usable.length > 1 && (
          <Select
            aria-label={t`Account`}
            placeholder={t`Any account`}
            data={usable.map(({ account }) => ({ value: account.id, label: account.nickname }))}
            value={carrier?.account.id ?? null}
            onChange={(account) => set({ account: account ?? undefined })}
            clearable
            clearButtonProps={{ 'aria-label': t`Any account` }}
            w={220}
          />
        )}
      </Group>
      <ul className={classes.grid}>
        {SAMPLE_NAMES.map((name) => {
          const sample = sampleOf(name, language, carrier?.account.id ?? '', now);
          const parts = carrier ? lacking(formOf(sample), carrier).map(([, part]) => part) : [];
          const missing = [...new Set(parts)].join(', ');
          return (
            <Card
              key={name}
              title={titles[name]}
              sample={sample}
              language={language}
              account={carrier?.account.id}
              why={carrier && missing ? t`${carrier.provider} does not carry: ${missing}.` : undefined}
            />
          );
        })}
      </ul>
    </>
  );
}

interface CardProps {
  title: string;
  sample: Written;
  language: SampleLanguage;
  account: string | undefined;
  /** Why it cannot be used. */
  why: string | undefined;
}

function Card({ title, sample, language, account, why }: CardProps) {
  const can = useCan();
  const categories = useCategoryNames();
  const { content, mapping, category, name } = sample;
  const open = !why && can('templates.write');
  return (
    <li className={classes.card} data-off={why ? true : undefined} data-open={open || undefined}>
      <Title order={2} size="sm">
        {open ? (
          <Link to="/templates/new" search={{ sample: name, language, account }} className={classes.choose}>
            {title}
          </Link>
        ) : (
          title
        )}
      </Title>
      <Text size="xs" c="dimmed">
        {category && categories[category]}
      </Text>
      {why && (
        <Text size="xs" className={classes.why}>
          <IconBan size={14} aria-hidden /> {why}
        </Text>
      )}
      <div className={classes.thumb} lang={language} aria-hidden inert>
        <PhoneScreen content={fromTemplate(content, valuesOf(content, mapping))} />
      </div>
    </li>
  );
}
