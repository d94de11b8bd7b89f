//! What the generator gives to every event wrapper, sealed field and command, and the few
//! constructors that every crate needs.

use crate::r#type::v1::freshness::Requirement;
use crate::r#type::v1::{Department, FieldClass, Freshness, Sealed, Suite};
use chrono::{DateTime, Utc};

/// An aggregate's event message: a wrapper whose `oneof event` is the only list of its events.
pub trait EventMessage:
    prost::Message + prost::Name + SealedFields + Clone + Default + PartialEq + std::fmt::Debug
{
    /// Context and noun of the aggregate, such as `registry.child`: the middle of its subjects.
    const AGGREGATE: &'static str;

    /// Full name of the event inside, such as `kinward.registry.v1.ChildRegistered`; empty when there is none.
    fn event_type(&self) -> &'static str;
}

/// What is done to each sealed field: path inside the event, class, value.
pub type Visit<'a> = &'a mut dyn FnMut(&str, FieldClass, &mut Sealed);

/// A message that may hold sealed fields.
pub trait SealedFields {
    /// Calls `visit` for each sealed field that is present; `path` is the prefix of its path.
    fn visit_sealed(&mut self, path: &str, visit: Visit<'_>);
}

/// A request that is a command.
pub trait CommandRequest: prost::Message + prost::Name {
    /// Chosen by the caller, unique per caller; a retry carries the same.
    fn request_id(&self) -> &str;
    /// The revision the caller decided on, if it insists.
    fn expected_revision(&self) -> Option<u64>;
    /// The aggregate it is for; empty for one that it makes.
    fn aggregate_id(&self) -> &str;
    /// When what it records happened; `None`: now.
    fn occurred_at(&self) -> Option<&prost_types::Timestamp>;
}

/// A request for a list in pages.
pub trait PagedRequest: prost::Message + prost::Name + Clone {
    /// Entries in one answer; zero: as many as the service likes.
    fn page_size(&self) -> i32;
    /// Where the page begins, as the answer before told; empty: the first.
    fn page_token(&self) -> &str;
    /// What is asked for, without what may differ from page to page: size, token, freshness.
    fn filter(&self) -> Self;
}

impl Department {
    /// Its name in Chinese texts.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Unspecified => "未注明",
            Self::CivilAffairs => "民政",
            Self::PublicSecurity => "公安",
            Self::Education => "教育",
            Self::Health => "卫生计生",
            Self::Justice => "司法行政",
            Self::Township => "乡镇（街道、园区）",
            Self::Village => "村（居）民委员会",
            Self::WomensFederation => "妇联",
            Self::YouthLeague => "共青团",
            Self::DistrictLeadership => "区人民政府",
            Self::Court => "人民法院",
            Self::Finance => "财政",
            Self::Transport => "交通",
            Self::DisabledPersonsFederation => "残联",
            Self::TradeUnion => "工会",
            Self::NextGenerationCommittee => "关工委",
            Self::Kinward => "本系统",
        }
    }
}

/// Every sealed value in the stored bytes of an event of one aggregate.
pub(crate) fn sealed_of<E: EventMessage>(data: &[u8]) -> Option<Vec<Sealed>> {
    let (mut event, mut values) = (E::decode(data).ok()?, Vec::new());
    event.visit_sealed("", &mut |_, _, sealed| values.push(sealed.clone()));
    Some(values)
}

impl Sealed {
    /// A value not yet sealed. It lives in memory only: the append path seals it, the encoder refuses it.
    pub fn plain(person: impl Into<String>, text: impl Into<String>) -> Self {
        Self { person_id: person.into(), ciphertext: text.into().into_bytes(), ..Self::default() }
    }

    /// The text of a value not yet sealed, for the rules that look at it; `None`: it is sealed.
    pub fn clear(&self) -> Option<&str> {
        std::str::from_utf8(&self.ciphertext).ok().filter(|_| self.is_plain())
    }

    /// Whether the value is still clear text.
    pub fn is_plain(&self) -> bool {
        self.suite() == Suite::Unspecified
    }
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = if self.is_plain() { "plain, hidden" } else { "sealed" };
        write!(formatter, "Sealed({state}, person {}, key {})", self.person_id, self.key_id)
    }
}

impl Freshness {
    /// Everything up to a position.
    pub fn at_least(position: u64) -> Self {
        Self { requirement: Some(Requirement::AtLeastAsFresh(position)) }
    }

    /// The answer of a past position.
    pub fn as_of(position: u64) -> Self {
        Self { requirement: Some(Requirement::AsOfPosition(position)) }
    }
}

/// The wire form of an instant.
pub fn timestamp(at: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: at.timestamp(), nanos: at.timestamp_subsec_nanos().cast_signed() }
}

/// The instant of a wire timestamp; `None` if it is outside of what a calendar holds.
pub fn instant(at: &prost_types::Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).ok()?)
}

impl crate::r#type::v1::Relation {
    /// Father or mother, by birth, marriage or adoption.
    pub fn is_parent(self) -> bool {
        use crate::r#type::v1::Relation;
        [
            Relation::Father,
            Relation::Mother,
            Relation::Stepfather,
            Relation::Stepmother,
            Relation::AdoptiveFather,
            Relation::AdoptiveMother,
        ]
        .contains(&self)
    }
}
