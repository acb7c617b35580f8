import { Trans, useLingui } from '@lingui/react/macro';
import { Badge, Box, Code, Collapse, Stack, Table, Text, Title, UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useId } from 'react';
import { CodeBlock } from '~/ui/CodeBlock';
import { bodyOf, curl, type Document, type Entry, type Field, fields, typeOf } from './openapi';
import classes from './Reference.module.css';
import { Ticks } from './Ticks';

interface Props {
  document: Document;
  entry: Entry;
  open: boolean;
  toggle: () => void;
}

/** One operation; opened, all about it. */
export function OperationCard({ document, entry, open, toggle }: Props) {
  const id = useId();
  const { method, path, operation } = entry;
  const [first = '', ...rest] = (operation.summary ?? '').split(/(?<=\.)\s/);
  return (
    <Box className={classes.card} data-open={open || undefined}>
      <UnstyledButton className={classes.head} aria-expanded={open} aria-controls={id} onClick={toggle}>
        <IconChevronRight size={16} aria-hidden className={classes.chevron} />
        <Badge className={classes.method} data-method={method} radius="sm" variant="default">
          {method.toUpperCase()}
        </Badge>
        <span className={classes.path} dir="ltr">
          {path}
        </span>
        <span className={classes.summary}>
          <Ticks text={first} />
        </span>
      </UnstyledButton>
      <div id={id}>
        <Collapse expanded={open}>
          {open && (
            <Stack p="md" pt={4}>
              {(rest.length > 0 || operation.description) && (
                <Text size="sm">
                  <Ticks text={[rest.join(' '), operation.description].filter(Boolean).join(' ')} />
                </Text>
              )}
              <Details document={document} entry={entry} />
            </Stack>
          )}
        </Collapse>
      </div>
    </Box>
  );
}

function Details({ document, entry }: { document: Document; entry: Entry }) {
  const { t } = useLingui();
  const { operation } = entry;
  const body = bodyOf(operation);
  const parameters: Field[] = (operation.parameters ?? []).map((p) => ({
    name: p.name,
    type: typeOf(document, p.schema ?? {}),
    required: p.required ?? false,
    about: p.in === 'path' ? p.description || t`In the path.` : (p.description ?? ''),
    depth: 0,
  }));
  const answers = Object.entries(operation.responses ?? {}).map(([status, { description, content }]) => {
    const schema = Object.values(content ?? {})[0]?.schema;
    return { status, description: description ?? '', type: schema ? typeOf(document, schema) : '', schema };
  });
  const good = answers.find((a) => a.status.startsWith('2'));
  return (
    <>
      {parameters.length > 0 && <Fields title={t`Parameters`} rows={parameters} />}
      {body && (
        <Fields
          title={t`Body (${body.kind})`}
          rows={fields(document, body.schema)}
          none={t`The file itself.`}
        />
      )}
      <div>
        <Title order={3} size="h6" mb={4}>
          <Trans>Answers</Trans>
        </Title>
        <Stack gap={2}>
          {answers.map(({ status, type, description }) => (
            <Text key={status} size="sm">
              <Code>{status}</Code> {type} {description}
            </Text>
          ))}
        </Stack>
      </div>
      {good?.schema && fields(document, good.schema).length > 0 && (
        <Fields title={t`Fields of the answer (${good.type})`} rows={fields(document, good.schema)} />
      )}
      <div>
        <Title order={3} size="h6" mb={4}>
          <Trans>In a terminal</Trans>
        </Title>
        <CodeBlock label={t`Request with curl`} value={curl(document, entry, location.origin)} />
      </div>
    </>
  );
}

function Fields({ title, rows, none }: { title: string; rows: Field[]; none?: string }) {
  return (
    <div>
      <Title order={3} size="h6" mb={4}>
        {title}
      </Title>
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      ) : (
        <section
          className={classes.fields}
          aria-label={title}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
        >
          <Table verticalSpacing={4} aria-label={title}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>
                  <Trans>Name</Trans>
                </Table.Th>
                <Table.Th>
                  <Trans>Type</Trans>
                </Table.Th>
                <Table.Th>
                  <Trans>What it is</Trans>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((field, n) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows are fixed, names of nested fields repeat
                <Table.Tr key={n}>
                  <Table.Td style={{ paddingInlineStart: 8 + field.depth * 20 }}>
                    <Code>{field.name}</Code>
                    {field.required && (
                      <Text span size="xs" c="dimmed">
                        {' '}
                        <Trans>required</Trans>
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td>
                    <Text size="xs" ff="monospace" dir="ltr" className={classes.type}>
                      {field.type}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">
                      <Ticks text={field.about} />
                    </Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      )}
    </div>
  );
}
