import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import classes from './SubNav.module.css';

interface Props {
  label: string;
  links: { to: string; text: ReactNode; icon: ReactNode }[];
}

/** Pages that belong together, as a row of links. */
export function SubNav({ label, links }: Props) {
  return (
    <nav aria-label={label} className={classes.row}>
      {links.map(({ to, text, icon }) => (
        <Link key={to} to={to} className={classes.link} activeOptions={{ exact: true, includeSearch: false }}>
          {icon}
          {text}
        </Link>
      ))}
    </nav>
  );
}
