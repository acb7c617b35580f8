//! Template import: GET in Meta's listing shape, page by page.

use serde_json::{Map, Value};

use super::account::{hidden, needed, template_headers};
use super::answer;
use crate::exchange::Request;
use crate::template::TemplateList;
use crate::wire::{lenient, meta_templates};
use crate::{Account, Reply, SendError, SendErrorKind, Step};

/// Pages at most; what goes beyond is told as a problem.
const PAGES: usize = 40;

struct Page {
    items: Vec<Value>,
    /// Where the next page begins.
    after: Option<String>,
    /// There is a link to a next page.
    has_next: bool,
}

/// Asks for pages until there are no more. Meta gives a cursor on the last page too, and only there no link to a next;
/// vendors that copied the shape may give cursors alone. So a cursor is followed until a page has nothing new.
pub(super) fn list(account: &Account, prior: &[Reply]) -> Result<Step<TemplateList>, SendError> {
    let Some(last) = prior.last() else {
        return ask(account, None).map(Step::Call);
    };
    let mut pages = Vec::new();
    for reply in prior.get(..prior.len() - 1).unwrap_or_default() {
        pages.push(page(account, reply)?);
    }
    let promised = pages.last().is_none_or(|page| page.has_next);
    match page(account, last) {
        Ok(page) => pages.push(page),
        Err(error) if promised => return Err(error),
        // We only looked whether there is more.
        Err(_) => return read(account, &pages, false),
    }
    let [.., page] = pages.as_slice() else {
        return read(account, &pages, false);
    };
    let before = pages.len().checked_sub(2).and_then(|at| pages.get(at));
    let is_new = before.is_none_or(|before| before.after != page.after);
    match &page.after {
        Some(after) if is_new && !page.items.is_empty() && pages.len() < PAGES => {
            ask(account, Some(after)).map(Step::Call)
        }
        after => read(
            account,
            &pages,
            page.has_next && after.is_some() && !page.items.is_empty(),
        ),
    }
}

/// Pages follow the cursor on our own URL: a link from the answer could lead our credentials anywhere.
fn ask(account: &Account, after: Option<&str>) -> Result<Request, SendError> {
    let url = needed(account, "template_endpoint")?;
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("limit", account.get("template_page_size"));
    if let Some(after) = after {
        query.append_pair("after", after);
    }
    let sign = if url.contains('?') { '&' } else { '?' };
    let mut request = Request::get(format!("{url}{sign}{}", query.finish()));
    request.headers = template_headers(account)?;
    Ok(request)
}

fn page(account: &Account, reply: &Reply) -> Result<Page, SendError> {
    let answer: Option<Map<String, Value>> = serde_json::from_slice(&reply.body).ok();
    let items = answer
        .as_ref()
        .and_then(|answer| answer.get("data")?.as_array().cloned());
    let (Some(answer), Some(items), 200..=299) = (answer, items, reply.status) else {
        return Err(trouble(account, reply));
    };
    let paging = answer.get("paging").and_then(Value::as_object);
    let cursors = paging.and_then(|paging| paging.get("cursors")?.as_object());
    Ok(Page {
        items,
        after: cursors.and_then(|cursors| lenient::said(cursors, &["after"])),
        has_next: paging.is_some_and(|paging| lenient::said(paging, &["next"]).is_some()),
    })
}

/// A listing asks and changes nothing: what is unclear is tried again.
fn trouble(account: &Account, reply: &Reply) -> SendError {
    let said = answer::accepted(account, reply).err();
    let error = said.unwrap_or_else(|| answer::without_envelope(account, reply));
    match error.kind {
        SendErrorKind::Unknown => SendError::new(
            SendErrorKind::Unavailable,
            error.code.as_deref(),
            error.detail,
            "The provider's list of templates could not be read. Try again in a moment; if it stays so, show the \
             provider the shape that docs/generic-provider.md asks for.",
        ),
        SendErrorKind::Config => SendError {
            help: "There is no list of templates at the URL of this account, or we may not see it. Check 'Template \
                   import endpoint' and its authentication in the settings."
                .to_owned(),
            ..error
        },
        _ => error,
    }
}

fn read(account: &Account, pages: &[Page], is_cut: bool) -> Result<Step<TemplateList>, SendError> {
    let mut found = TemplateList::default();
    let mut at = 0;
    let mut before: &[Value] = &[];
    for page in pages {
        // A vendor that knows no cursors gives its only page again.
        if page.items == before {
            continue;
        }
        before = &page.items;
        for item in &page.items {
            at += 1;
            match meta_templates::summary(item) {
                Ok(template) => found.templates.push(template),
                Err(what) => {
                    let sentence = format!("Entry {at} of the provider's list {what}; it was left out.");
                    found.problems.push(hidden(account, &sentence));
                }
            }
        }
    }
    if is_cut {
        found.problems.push(format!(
            "The provider points to a further page after {} of them, which we did not follow. Raise 'Templates per \
             page', or ask the provider.",
            pages.len()
        ));
    }
    Ok(Step::Done(found))
}
