import { Trans, useLingui } from '@lingui/react/macro';
import { Autocomplete, Group, Select, Stack, Table, Text } from '@mantine/core';
import {
  type Known,
  kindKnown,
  kindOf,
  type Mapped,
  type MappingProblem,
  TYPES,
  USES,
  withAttribute,
  withType,
  withUse,
} from './mapping';
import { useKindWords, useMappingProblems, useTypeWords, useUseWords } from './words';

interface Props {
  columns: Mapped[];
  set: (columns: Mapped[]) => void;
  problems: { what: MappingProblem; at?: number }[];
  /** Attributes that people have. */
  known: Known;
}

/** What each column of the file is used as. */
export function MapTable({ columns, set, problems, known }: Props) {
  const { t } = useLingui();
  const words = useUseWords();
  const said = useMappingProblems();
  const types = useTypeWords();
  const kinds = useKindWords();
  return (
    <Table aria-label={t`Columns of the file`} verticalSpacing="xs" layout="auto">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>
            <Trans>Column</Trans>
          </Table.Th>
          <Table.Th visibleFrom="sm">
            <Trans>In the file</Trans>
          </Table.Th>
          <Table.Th>
            <Trans>Use as</Trans>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {columns.map((one, at) => {
          const name = one.column || t`Column ${at + 1} without a name`;
          const wrong = problems.find((problem) => problem.at === at);
          const own = kindKnown(one.attribute, known);
          const other = own && one.type && kindOf(one.type) !== own ? (kinds[own] ?? own) : undefined;
          const samples = one.samples.slice(0, 3).join(' · ');
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns keep their place
            <Table.Tr key={at}>
              <Table.Td maw={180}>
                <Text size="sm" fw={500} dir="auto" style={{ overflowWrap: 'anywhere' }}>
                  {name}
                </Text>
                <Text size="xs" c="dimmed" dir="auto" hiddenFrom="sm" lineClamp={1}>
                  {samples}
                </Text>
              </Table.Td>
              <Table.Td visibleFrom="sm" maw={280}>
                <Text size="sm" c="dimmed" dir="auto" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
                  {samples || <Trans>Empty in the first rows</Trans>}
                </Text>
              </Table.Td>
              <Table.Td>
                {one.column === '' ? (
                  <Text size="sm" c="dimmed">
                    <Trans>Left out: it has no name</Trans>
                  </Text>
                ) : (
                  <Group gap="xs" align="flex-start">
                    <Select
                      aria-label={t`Use ${name} as`}
                      allowDeselect={false}
                      w={{ base: 150, sm: 190 }}
                      data={USES.map((value) => ({ value, label: words[value] }))}
                      value={one.use}
                      onChange={(value) => {
                        const use = USES.find((known) => known === value);
                        if (use) set(withUse(columns, at, use));
                      }}
                    />
                    {one.use === 'attribute' && (
                      <>
                        <Autocomplete
                          aria-label={t`Attribute that ${name} becomes`}
                          w={{ base: 150, sm: 190 }}
                          dir="auto"
                          data={known.map((attribute) => attribute.name)}
                          value={one.attribute}
                          onChange={(attribute) => set(withAttribute(columns, at, attribute, known))}
                          error={wrong && wrong.what !== 'no_type' && said[wrong.what]}
                        />
                        <Select
                          aria-label={t`Type of ${name}`}
                          placeholder={t`Choose its type`}
                          allowDeselect={false}
                          w={{ base: 150, sm: 190 }}
                          data={TYPES.map((value) => ({ value, label: types[value] }))}
                          value={one.type ?? null}
                          onChange={(value) => {
                            const type = TYPES.find((known) => known === value);
                            if (type) set(withType(columns, at, type));
                          }}
                          error={wrong?.what === 'no_type' && said.no_type}
                          description={other && t`People have it as: ${other}`}
                          inputWrapperOrder={['label', 'input', 'description', 'error']}
                        />
                      </>
                    )}
                  </Group>
                )}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}

/** The first rows as they stand in the file. */
export function FirstRows({ names, rows }: { names: string[]; rows: string[][] }) {
  const { t } = useLingui();
  return (
    <Stack gap={4}>
      <Text size="sm" fw={500}>
        <Trans>The first rows</Trans>
      </Text>
      <Table.ScrollContainer
        minWidth={names.length * 120}
        scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
      >
        <Table aria-label={t`The first rows`} fz="xs" verticalSpacing={2} withTableBorder>
          <Table.Thead>
            <Table.Tr>
              {names.map((name, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns keep their place
                <Table.Th key={at} dir="auto">
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row, line) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows keep their place
              <Table.Tr key={line}>
                {row.map((cell, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns keep their place
                  <Table.Td key={at} dir="auto">
                    {cell}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
