import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Text, VisuallyHidden } from '@mantine/core';
import { IconCornerDownRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useSaid } from '~/i18n/said';
import type { Column } from '~/ui/DataTable';
import { plain } from '~/wa/parse';
import { type TemplateRow, useCarriers } from './queries';
import type { ListSearch } from './routes';
import { TemplateMenu } from './TemplateMenu';
import { LastSentCell, UsedByCell } from './UseCells';
import { Quality, TemplateStatus, useCategoryNames, useLanguageName } from './words';

interface Columns {
  withAccount: boolean;
  /** Rows that are another language of the row above. */
  following: ReadonlySet<string>;
  sort: ListSearch['sort'];
  by: (sort: ListSearch['sort']) => void;
}

export const NOBODY: ReadonlySet<string> = new Set();

/** The columns of the list of templates. */
export function useColumns({ withAccount, following, sort, by }: Columns): Column<TemplateRow>[] {
  const { t } = useLingui();
  const said = useSaid();
  const categories = useCategoryNames();
  const language = useLanguageName();
  const { carriers } = useCarriers();
  const accountOf = (template: TemplateRow) =>
    carriers.find(({ account }) => account.id === template.account_id)?.account.nickname ?? '';
  const columns: Column<TemplateRow>[] = [
    {
      key: 'name',
      title: t`Name`,
      sort: { on: sort === undefined, toggle: () => by(sort === undefined ? 'newest' : undefined) },
      render: (template) => (
        <div style={{ minWidth: 0, paddingInlineStart: following.has(template.id) ? 20 : undefined }}>
          <Anchor
            fw={600}
            size="sm"
            renderRoot={(props) => <Link {...props} to="/templates/$id" params={{ id: template.id }} />}
          >
            {following.has(template.id) ? (
              <>
                <IconCornerDownRight size={14} aria-hidden />{' '}
                <VisuallyHidden>{template.name} </VisuallyHidden>
                {language(template.language)}
              </>
            ) : (
              <bdi>{template.name}</bdi>
            )}
          </Anchor>
          <Text size="xs" c="dimmed" lineClamp={1} dir="auto" maw={420}>
            {plain(template.content.body)}
          </Text>
        </div>
      ),
    },
    {
      key: 'status',
      title: t`Status`,
      render: (template) => (
        <div>
          <TemplateStatus status={template.status} />
          <Quality of={template} />
          {template.at_provider && (
            <Text size="xs" fw={600}>
              <Trans>Differs at the provider</Trans>
            </Text>
          )}
          {template.status_detail && template.status !== 'approved' && (
            <Text size="xs" c="dimmed" lineClamp={2} maw={240} title={said(template.status_detail)}>
              {said(template.status_detail)}
            </Text>
          )}
        </div>
      ),
    },
    {
      key: 'category',
      title: t`Category`,
      wide: true,
      render: (template) => (
        <>
          {template.category ? categories[template.category] : t`Not known`}
          <Text size="xs" c="dimmed">
            {language(template.language)}
          </Text>
        </>
      ),
    },
  ];
  if (withAccount)
    columns.push({
      key: 'account',
      title: t`Account`,
      wide: true,
      render: (template) => <bdi>{accountOf(template)}</bdi>,
    });
  columns.push(
    {
      key: 'used',
      title: t`Used by`,
      wide: true,
      render: (template) => <UsedByCell template={template} />,
    },
    {
      key: 'sent',
      title: t`Last sent`,
      wide: true,
      sort: {
        on: sort === 'last_sent',
        descending: true,
        toggle: () => by(sort === 'last_sent' ? undefined : 'last_sent'),
      },
      render: (template) => <LastSentCell template={template} />,
    },
    {
      key: 'more',
      title: '',
      end: true,
      width: 48,
      render: (template) => <TemplateMenu template={template} small />,
    },
  );
  return columns;
}
