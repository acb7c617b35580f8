import { Trans, useLingui } from '@lingui/react/macro';
import { SegmentedControl, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { MediaUpload } from '~/ui/MediaUpload';
import { SourceMapping } from '~/ui/SourceMapping';
import { variables } from '~/wa/parse';
import { useBuilder } from './builder';
import type { HeaderType } from './form';
import { Count, Section } from './Section';
import { length, useHeaderNames } from './words';

const NEEDS: Record<HeaderType, string | undefined> = {
  none: undefined,
  text: 'template_header_text',
  image: 'template_header_media',
  video: 'template_header_media',
  document: 'template_header_media',
  location: 'template_header_location',
};

/** What stands above the body. */
export function HeaderFields() {
  const { t } = useLingui();
  const { form, patch, carrier, problem } = useBuilder();
  const names = useHeaderNames();
  const all: HeaderType[] =
    form.kind === 'offer'
      ? ['none', 'image', 'video']
      : ['none', 'text', 'image', 'video', 'document', 'location'];
  const carried = (type: HeaderType) => {
    const need = NEEDS[type];
    return !need || !carrier || carrier.can(need);
  };
  const missing = all.filter((type) => !carried(type)).map((type) => names[type]);
  const list = missing.join(', ');
  const media = form.header === 'image' || form.header === 'video' || form.header === 'document';
  const about = {
    image: t`A public link to a jpeg or png of 5 MB at most.`,
    video: t`A public link to an mp4 of 16 MB at most.`,
    document: t`A public link to a file, best a pdf.`,
  };
  return (
    <Section title={<Trans>Header</Trans>}>
      <div data-pointer="/content/header">
        <SegmentedControl
          aria-label={t`Header`}
          data={all.map((type) => ({ value: type, label: names[type], disabled: !carried(type) }))}
          value={form.header}
          onChange={(type) => patch({ header: type as HeaderType })}
          style={{ flexWrap: 'wrap', maxWidth: '100%' }}
          withItemsBorders={false}
        />
      </div>
      {missing.length > 0 && carrier && (
        <Text size="xs" c="dimmed">
          <Trans>
            {carrier.provider} does not carry: {list}.
          </Trans>
        </Text>
      )}
      {problem('/content/header') && (
        <Text size="xs" c="var(--mantine-color-error)">
          {problem('/content/header')}
        </Text>
      )}
      {form.header === 'text' && (
        <Stack gap="xs">
          <TextInput
            label={t`Header text`}
            description={t`One placeholder at most; no formatting.`}
            value={form.headerText}
            onChange={(e) => patch({ headerText: e.currentTarget.value })}
            rightSection={<Count used={length(form.headerText)} of={60} />}
            rightSectionWidth={64}
            error={problem('/content/header/text')}
            data-pointer="/content/header/text"
            dir="auto"
          />
          {variables(form.headerText)
            .slice(0, 1)
            .map((name) => (
              <div key={name} data-pointer="/mapping/header">
                <SourceMapping
                  label={<bdi>{`{{${name}}}`}</bdi>}
                  name={t`${`{{${name}}}`} in the header`}
                  value={form.headerSource}
                  onChange={(headerSource) => patch({ headerSource })}
                  error={problem('/mapping/header')}
                />
              </div>
            ))}
        </Stack>
      )}
      {media && (
        <Stack gap="xs" data-pointer="/mapping/header">
          <SourceMapping
            label={t`Link of the file`}
            name={t`Link of the header's file`}
            description={about[form.header as keyof typeof about]}
            value={form.headerSource}
            onChange={(headerSource) => patch({ headerSource })}
            error={problem('/mapping/header')}
            example={
              form.header === 'document'
                ? 'https://shop.example/bill.pdf'
                : form.header === 'video'
                  ? 'https://shop.example/clip.mp4'
                  : 'https://shop.example/offer.jpg'
            }
          />
          <MediaUpload
            key={form.header}
            kind={form.header}
            name={t`Upload the file of the header`}
            onUploaded={({ url, name }) =>
              patch((now) => ({
                headerSource: { from: 'text', text: url },
                ...(now.header === 'document' && !now.filename
                  ? { filename: { from: 'text' as const, text: name } }
                  : {}),
              }))
            }
          />
        </Stack>
      )}
      {form.header === 'document' && (
        <div data-pointer="/mapping/header_filename">
          <SourceMapping
            label={t`File name, if wanted`}
            name={t`File name`}
            value={form.filename}
            onChange={(filename) => patch({ filename })}
            error={problem('/mapping/header_filename')}
            example="bill.pdf"
            optional
          />
        </div>
      )}
      {form.header === 'location' && <Place />}
    </Section>
  );
}

function Place() {
  const { t } = useLingui();
  const { form, patch, problem } = useBuilder();
  const parts = [
    { key: 'latitude', label: t`Latitude`, at: 'latitude', example: '18.5204', optional: false },
    { key: 'longitude', label: t`Longitude`, at: 'longitude', example: '73.8567', optional: false },
    { key: 'placeName', label: t`Name of the place, if wanted`, at: 'name', example: '', optional: true },
    { key: 'placeAddress', label: t`Address, if wanted`, at: 'address', example: '', optional: true },
  ] as const;
  return (
    <SimpleGrid cols={1} spacing="xs">
      {parts.map(({ key, label, at, example, optional }) => (
        <div key={key} data-pointer={`/mapping/location/${at}`}>
          <SourceMapping
            label={label}
            name={label}
            value={form[key]}
            onChange={(source) => patch({ [key]: source })}
            error={problem(`/mapping/location/${at}`)}
            example={example}
            optional={optional}
          />
        </div>
      ))}
    </SimpleGrid>
  );
}
