import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Group, Radio, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useBuilder } from './builder';
import { type Category, fixName } from './form';
import { isUsable, useCarriers } from './queries';
import { Section } from './Section';
import { LANGUAGES, useCategoryNames, useLanguageName } from './words';

/** Account, name, language and category. */
export function Identity() {
  const { t } = useLingui();
  const { form, patch, saved, carrier, problem } = useBuilder();
  const { carriers } = useCarriers();
  const language = useLanguageName();
  const codes = LANGUAGES.includes(form.language) ? LANGUAGES : [form.language, ...LANGUAGES];
  const fixed = Boolean(saved && saved.status !== 'draft' && saved.status !== 'rejected');
  // Where templates are made at the provider alone, names may be of another kind, such as `namespace:Name`.
  const plain = !carrier || carrier.can('template_create');
  const usable = carriers.filter((one) => one.account.id === form.accountId || isUsable(one));
  return (
    <Section title={<Trans>Template</Trans>}>
      <Select
        label={t`Account`}
        description={
          saved ? t`A template belongs to its account. Clone it for another one.` : t`Who sends it.`
        }
        data={usable.map(({ account, provider }) => ({
          value: account.id,
          label: account.nickname === provider ? provider : `${account.nickname} · ${provider}`,
        }))}
        value={form.accountId || null}
        onChange={(id) => patch({ accountId: id ?? '' })}
        allowDeselect={false}
        disabled={Boolean(saved)}
        error={problem('/account_id')}
        data-pointer="/account_id"
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput
          label={t`Name`}
          description={
            fixed
              ? t`The provider knows it by this name.`
              : plain
                ? t`Small letters, digits and underscores; the "namespace" of some providers.`
                : t`Exactly as in the provider's console.`
          }
          value={form.name}
          onChange={(e) => {
            const typed = e.currentTarget.value;
            patch({ name: plain ? fixName(typed) : typed });
          }}
          onBlur={() => plain && patch({ name: form.name.replace(/_+$/, '') })}
          placeholder="order_update"
          disabled={fixed}
          error={problem('/name')}
          data-pointer="/name"
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          dir="ltr"
          autoComplete="off"
          spellCheck={false}
        />
        <Select
          label={t`Language`}
          description={t`Of the text, as WhatsApp names it.`}
          data={codes.map((code) => ({ value: code, label: `${language(code)} (${code})` }))}
          value={form.language}
          onChange={(code) => code && patch({ language: code })}
          searchable
          allowDeselect={false}
          disabled={fixed}
          error={problem('/language')}
          data-pointer="/language"
          inputWrapperOrder={['label', 'input', 'description', 'error']}
        />
      </SimpleGrid>
      <CategoryCards />
      {carrier && !plain && (
        <Alert variant="light" color="gray" icon={<IconInfoCircle aria-hidden />}>
          <Trans>
            {carrier.provider} takes no templates from here: make it in the provider's console, then write the
            same words here or import it.
          </Trans>
        </Alert>
      )}
      <Addressing />
    </Section>
  );
}

function CategoryCards() {
  const { t } = useLingui();
  const { form, patch, problem } = useBuilder();
  const names = useCategoryNames();
  const about: Record<Category, string> = {
    marketing: t`Offers and news. Only to people who opted in; WhatsApp may hold some back, and phones cut long texts.`,
    utility: t`About something the person did, such as an order. If it reads like an offer, WhatsApp makes it marketing.`,
    authentication: t`One-time codes and nothing else. Not every provider takes them from outside its console.`,
  };
  return (
    <Radio.Group
      label={t`Category`}
      value={form.category ?? ''}
      onChange={(value) => patch({ category: value as Category })}
      error={problem('/category')}
      data-pointer="/category"
    >
      <Stack gap={6} mt={4}>
        {(['marketing', 'utility', 'authentication'] as const).map((category) => (
          <Radio.Card key={category} value={category} p="xs" radius="md">
            <Group wrap="nowrap" align="flex-start" gap="sm">
              <Radio.Indicator mt={2} />
              <div>
                <Text size="sm" fw={600}>
                  {names[category]}
                </Text>
                <Text size="xs" c="dimmed">
                  {about[category]}
                </Text>
              </div>
            </Group>
          </Radio.Card>
        ))}
      </Stack>
    </Radio.Group>
  );
}

/** How the provider finds the template. */
function Addressing() {
  const { t } = useLingui();
  const { form, patch, problem } = useBuilder();
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      <Select
        label={t`Found by`}
        description={t`How the provider knows which template a message is.`}
        data={[
          { value: 'text', label: t`Its name or its words` },
          { value: 'id', label: t`The provider's id` },
        ]}
        value={form.addressing}
        onChange={(value) => value && patch({ addressing: value as 'text' | 'id' })}
        allowDeselect={false}
        error={problem('/addressing')}
        data-pointer="/addressing"
      />
      {(form.addressing === 'id' || form.providerTemplateId) && (
        <TextInput
          label={t`The provider's id`}
          description={t`As the provider's console shows it.`}
          value={form.providerTemplateId}
          onChange={(e) => patch({ providerTemplateId: e.currentTarget.value })}
          error={problem('/provider_template_id')}
          data-pointer="/provider_template_id"
          dir="ltr"
          autoComplete="off"
        />
      )}
    </SimpleGrid>
  );
}
