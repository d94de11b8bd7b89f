//! Pages of a list. A page token is bound to the caller and to what was asked for: with another filter, or in other
//! hands, it is refused.

use crate::{Caller, Gate, status};
use kinward_contracts::{PagedRequest, Violation};
use tonic::Status;

/// Entries in one answer when the caller does not say.
const DEFAULT: usize = 50;
/// Digits of a token's code, hex.
const CODE: usize = 24;

/// The page that is asked for.
#[derive(Clone, Debug)]
pub struct Page {
    size: usize,
    from: usize,
    gate: Gate,
    /// Caller and filter, as tokens are bound to them.
    bound: Vec<u8>,
}

impl Gate {
    /// The page that a caller asks for; a token that was given for something else is refused.
    pub fn page<M: PagedRequest>(&self, caller: &Caller, request: &M) -> Result<Page, Status> {
        let size = usize::try_from(request.page_size()).ok().filter(|size| *size > 0).unwrap_or(DEFAULT);
        let mut bound = format!("page/{}/{}/", caller.principal.identity(), M::full_name()).into_bytes();
        bound.extend(request.filter().encode_to_vec());
        let first = Page { size, from: 0, gate: self.clone(), bound };
        if request.page_token().is_empty() {
            return Ok(first);
        }
        let from = request.page_token().split_once('.').and_then(|(from, _)| from.parse().ok());
        match from {
            Some(from) if first.token(from) == request.page_token() => Ok(Page { from, ..first }),
            _ => Err(status::invalid(vec![Violation::new(
                "page_token",
                "page_token",
                "不是此列表的分页标记：请以上次回答中的标记重发同一请求",
                "not a token of this list: send the same request with the token of its last answer",
            )])),
        }
    }
}

impl Page {
    /// Entries before it.
    pub fn from(&self) -> usize {
        self.from
    }

    /// Entries to read: one more than fits tells whether there is a next page.
    pub fn limit(&self) -> usize {
        self.size + 1
    }

    /// The page of a whole list, and the token of the next one.
    pub fn of<T>(&self, all: impl IntoIterator<Item = T>) -> (Vec<T>, String) {
        self.cut(all.into_iter().skip(self.from).take(self.limit()).collect())
    }

    /// The entries that fit, and the token of the next page; empty: there is none.
    pub fn cut<T>(&self, mut entries: Vec<T>) -> (Vec<T>, String) {
        let more = entries.len() > self.size;
        entries.truncate(self.size);
        (entries, if more { self.token(self.from + self.size) } else { String::new() })
    }

    fn token(&self, from: usize) -> String {
        let mut bytes = self.bound.clone();
        bytes.extend(from.to_be_bytes());
        let code = hex::encode(self.gate.hashing().request(&bytes));
        format!("{from}.{}", &code[..CODE])
    }
}
