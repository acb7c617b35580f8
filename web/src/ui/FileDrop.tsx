import { Text } from '@mantine/core';
import { type ComponentType, type ReactNode, useId, useState } from 'react';
import classes from './FileDrop.module.css';

interface Props {
  /** What the whole of it is, for screen readers. */
  name: string;
  /** What to do, on the field. */
  label: ReactNode;
  /** What fits, said before anything is chosen. */
  about: ReactNode;
  icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>;
  /** Types and endings, as the attribute of a file field has them. */
  accept: string;
  disabled?: boolean;
  /** Between other fields: smaller. */
  compact?: boolean;
  onFile: (file: File) => void;
  /** Stands below, such as how far it is. */
  children?: ReactNode;
}

/** A field for a file, on which one can be dropped too. It is the browser's own, so that every way of choosing works. */
export function FileDrop(props: Props) {
  const { name, label, about, icon: Icon, accept, disabled = false, compact, onFile, children } = props;
  const id = useId();
  const [over, setOver] = useState(false);
  const take = (files: FileList | null) => {
    const [file] = files ?? [];
    if (file && !disabled) onFile(file);
  };
  return (
    <section
      className={classes.drop}
      data-over={over || undefined}
      data-compact={compact || undefined}
      aria-label={name}
      onDragOver={(e) => {
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault();
        setOver(false);
        take(e.dataTransfer.files);
      }}
    >
      <Icon size={compact ? 24 : 40} aria-hidden />
      <Text component="label" htmlFor={id} fw={600} size={compact ? 'sm' : 'md'}>
        {label}
      </Text>
      <input
        id={id}
        type="file"
        accept={accept}
        aria-describedby={`${id}-about`}
        className={classes.input}
        disabled={disabled}
        onChange={(e) => {
          take(e.currentTarget.files);
          // The same file can be chosen again, after something was wrong with it.
          e.currentTarget.value = '';
        }}
      />
      <Text id={`${id}-about`} size={compact ? 'xs' : 'sm'} c="dimmed" maw={520}>
        {about}
      </Text>
      {children}
    </section>
  );
}
