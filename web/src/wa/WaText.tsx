import { Fragment, type ReactNode, useMemo } from 'react';
import { type Block, type Inline, parse } from './parse';
import classes from './Wa.module.css';

interface Props {
  text: string;
  /** Links can be followed: where people work, not in previews. */
  links?: boolean;
}

/** WhatsApp's text, as a phone shows it. */
export function WaText({ text, links = false }: Props) {
  const blocks = useMemo(() => parse(text), [text]);
  return (
    <div className={classes.text}>
      {blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a text has no other order than its own
        <Fragment key={index}>{blockOf(block, links)}</Fragment>
      ))}
    </div>
  );
}

function blockOf(block: Block, links: boolean): ReactNode {
  switch (block.type) {
    case 'lines':
      return linesOf(block.lines, links);
    case 'quote':
      return <blockquote className={classes.quote}>{linesOf(block.lines, links)}</blockquote>;
    case 'list':
      return <ul className={classes.list}>{itemsOf(block.items, links)}</ul>;
    case 'numbered':
      return (
        <ol className={classes.list} start={block.start}>
          {itemsOf(block.items, links)}
        </ol>
      );
  }
}

const linesOf = (lines: Inline[][], links: boolean) =>
  lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text
    <div key={index} dir="auto" className={classes.line}>
      {line.length === 0 ? <br /> : inlineOf(line, links)}
    </div>
  ));

const itemsOf = (items: Inline[][], links: boolean) =>
  items.map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: items of a text
    <li key={index} dir="auto">
      {inlineOf(item, links)}
    </li>
  ));

const inlineOf = (nodes: readonly Inline[], links: boolean): ReactNode =>
  nodes.map((node, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a line
    <Fragment key={index}>{nodeOf(node, links)}</Fragment>
  ));

function nodeOf(node: Inline, links: boolean): ReactNode {
  switch (node.type) {
    case 'text':
      return node.text;
    case 'bold':
      return <strong>{inlineOf(node.children, links)}</strong>;
    case 'italic':
      return <em>{inlineOf(node.children, links)}</em>;
    case 'strike':
      return <s>{inlineOf(node.children, links)}</s>;
    case 'code':
      return <code className={classes.code}>{node.text}</code>;
    case 'mono':
      return <code className={classes.mono}>{node.text}</code>;
    case 'variable':
      return <bdi className={classes.variable}>{`{{${node.name}}}`}</bdi>;
    case 'link':
      return links ? (
        <a className={classes.link} href={node.href} target="_blank" rel="noopener noreferrer" dir="ltr">
          {node.text}
        </a>
      ) : (
        <bdi className={classes.link} dir="ltr">
          {node.text}
        </bdi>
      );
  }
}
