//! Who calls. For development: a token signed by a local key. Real identity stands behind the same [`Principal`].

use crate::status;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use kinward_contracts::log::v1::Actor;
use kinward_contracts::r#type::v1::{Department, Sealed};
use kinward_eventsourcing::Clock;
use kinward_statute::lies_in;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::path::Path;
use std::sync::Arc;
use tonic::Status;

const ISSUER: &str = "kinward-development";
const AUDIENCE: &str = "kinward";

/// Who calls, in which office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// Opaque id of the person; sealed in every commit.
    #[serde(rename = "sub")]
    pub person: String,
    /// Department, as `PUBLIC_SECURITY`.
    pub department: String,
    /// Role, as `duty-officer`.
    pub role: String,
    /// Unit, as `police-430903`.
    pub unit: String,
    /// Division code of the unit's area.
    pub area: String,
    /// Unit on whose behalf; empty: its own.
    #[serde(default)]
    pub on_behalf_of: String,
}

impl Principal {
    /// The department.
    pub fn department(&self) -> Department {
        Department::from_str_name(&format!("DEPARTMENT_{}", self.department)).unwrap_or_default()
    }

    /// Whether the caller's area holds a division: village ⊂ township ⊂ district.
    pub fn covers(&self, division: &str) -> bool {
        !self.area.is_empty() && division.starts_with(&self.area)
    }

    /// Refuses what lies outside of the caller's area. A missing place is the district's.
    pub fn must_cover(&self, division: &str) -> Result<(), Status> {
        if lies_in(Some(division), &self.area) { Ok(()) } else { Err(self.denied()) }
    }

    /// `PERMISSION_DENIED` for what is not in this caller's area or not its unit's. Names the caller's own of both, nothing of
    /// what was asked for.
    pub fn denied(&self) -> Status {
        status::out_of_scope(&self.unit, &self.area)
    }

    /// What makes this caller's request ids its own.
    pub fn identity(&self) -> String {
        format!("{}/{}/{}/{}", self.department, self.unit, self.on_behalf_of, self.person)
    }

    /// The caller as a commit names it; the person is sealed on the way to the log. `caller` is the keyed hash of the
    /// [`identity`](Self::identity).
    pub fn actor(&self, caller: &str) -> Actor {
        Actor {
            department: self.department().into(),
            role: self.role.clone(),
            unit_id: self.unit.clone(),
            area: self.area.clone(),
            on_behalf_of_unit_id: self.on_behalf_of.clone(),
            person: Some(Sealed::plain(caller, self.person.clone())),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Claims {
    #[serde(flatten)]
    principal: Principal,
    iss: String,
    aud: String,
    exp: i64,
}

/// Why a token is not accepted, or cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("{}  {}", self.zh(), self.en())]
pub enum IdentityError {
    /// None was sent.
    Missing,
    /// It does not verify.
    Invalid,
    /// It is too old.
    Expired,
    /// A key file is unusable.
    #[error(
        "密钥文件 {0} 不可用：开发时由 `kinward dev` 生成  the key file {0} cannot be used: `kinward dev` makes it ({1})"
    )]
    Key(String, String),
    /// Development identity in production.
    Production,
}

impl IdentityError {
    /// What is said of it, Chinese.
    pub fn zh(&self) -> &'static str {
        match self {
            Self::Missing => "请携带令牌；开发环境可用 kinward token 取得",
            Self::Invalid => "令牌无效，请向本部署的签发方取得；开发环境可用 kinward token",
            Self::Expired => "令牌已过期，请重新取得",
            Self::Key(..) => "密钥文件不可用",
            Self::Production => "生产环境不接受开发令牌，正式身份认证尚未提供；试用请设 production = false",
        }
    }

    /// What is said of it, English.
    pub fn en(&self) -> &'static str {
        match self {
            Self::Missing => {
                "no token: send \"authorization: Bearer …\"; for development, `kinward token` makes one"
            }
            Self::Invalid => {
                "the token does not verify: get one of this deployment's issuer; for development, `kinward token`"
            }
            Self::Expired => "the token has expired: get another",
            Self::Key(..) => "a key file cannot be used",
            Self::Production => {
                "development tokens are refused in production, and there is no real identity yet: to try it, set production = false"
            }
        }
    }
}

/// Callers whose token's signature is remembered as good: checking it costs more than most of a call.
const REMEMBERED: u64 = 10_000;

/// Verifies development tokens.
pub struct DevelopmentTokens {
    key: DecodingKey,
    clock: Arc<dyn Clock>,
    /// By the SHA-256 of the token: who, and until when. Expiry is checked at every call.
    verified: moka::sync::Cache<[u8; 32], (Principal, i64)>,
}

impl DevelopmentTokens {
    /// With the issuer's public key.
    pub fn open(public_key: &Path, production: bool, clock: Arc<dyn Clock>) -> Result<Self, IdentityError> {
        if production {
            return Err(IdentityError::Production);
        }
        let bad = |cause: String| IdentityError::Key(public_key.display().to_string(), cause);
        let pem = std::fs::read(public_key).map_err(|error| bad(error.to_string()))?;
        let key = DecodingKey::from_ed_pem(&pem).map_err(|error| bad(error.to_string()))?;
        Ok(Self { key, clock, verified: moka::sync::Cache::new(REMEMBERED) })
    }

    /// The caller behind an `authorization` header, and when its token expires, seconds since 1970.
    pub fn verify(&self, authorization: Option<&str>) -> Result<(Principal, i64), IdentityError> {
        let token =
            authorization.and_then(|text| text.strip_prefix("Bearer ")).ok_or(IdentityError::Missing)?;
        let hash: [u8; 32] = Sha256::digest(token).into();
        let check = || self.check(token).inspect(|known| self.verified.insert(hash, known.clone()));
        let (principal, expires) = self.verified.get(&hash).map_or_else(check, Ok)?;
        // expiry counts by the injected clock
        if expires <= self.clock.now().timestamp() {
            return Err(IdentityError::Expired);
        }
        Ok((principal, expires))
    }

    /// Whom a token names and when it expires, if its signature is the issuer's.
    fn check(&self, token: &str) -> Result<(Principal, i64), IdentityError> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.validate_exp = false;
        let data = jsonwebtoken::decode::<Claims>(token, &self.key, &validation)
            .map_err(|_| IdentityError::Invalid)?;
        let principal = data.claims.principal;
        let blank = principal.person.is_empty() || principal.area.is_empty();
        if principal.department() == Department::Unspecified || blank {
            return Err(IdentityError::Invalid);
        }
        Ok((principal, data.claims.exp))
    }
}

/// Issues development tokens. Only `kinward dev`, `kinward token` and tests have its key.
pub struct DevelopmentIssuer {
    key: EncodingKey,
}

const PRIVATE: &str = "development-private.pem";
const PUBLIC: &str = "development-public.pem";

impl DevelopmentIssuer {
    /// Uses the key pair in a folder, making it the first time.
    pub fn create(folder: &Path) -> Result<Self, IdentityError> {
        let bad =
            |name: &str, cause: String| IdentityError::Key(folder.join(name).display().to_string(), cause);
        if !folder.join(PRIVATE).exists() {
            let (private, public) = ed25519_pem(rand::random());
            write_private(&folder.join(PRIVATE), &private)
                .map_err(|error| bad(PRIVATE, error.to_string()))?;
            std::fs::write(folder.join(PUBLIC), public).map_err(|error| bad(PUBLIC, error.to_string()))?;
        }
        let pem = std::fs::read(folder.join(PRIVATE)).map_err(|error| bad(PRIVATE, error.to_string()))?;
        let key = EncodingKey::from_ed_pem(&pem).map_err(|error| bad(PRIVATE, error.to_string()))?;
        Ok(Self { key })
    }

    /// A token for a caller that expires at a moment, seconds since 1970.
    pub fn issue(&self, principal: &Principal, expires: i64) -> Result<String, IdentityError> {
        let claims = Claims {
            principal: principal.clone(),
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            exp: expires,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &self.key)
            .map_err(|_| IdentityError::Invalid)
    }
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path)?.write_all(text.as_bytes())
}

/// PEM files of the Ed25519 key with this seed (RFC 8410).
fn ed25519_pem(seed: [u8; 32]) -> (String, String) {
    let signing = ed25519_dalek::SigningKey::from_bytes(&seed);
    let mut private = hex::decode("302e020100300506032b657004220420").unwrap_or_default();
    private.extend(seed);
    let mut public = hex::decode("302a300506032b6570032100").unwrap_or_default();
    public.extend(signing.verifying_key().to_bytes());
    (pem("PRIVATE KEY", &private), pem("PUBLIC KEY", &public))
}

fn pem(label: &str, bytes: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(bytes);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinward_eventsourcing::SetClock;

    #[test]
    fn a_token_that_was_good_still_expires_and_a_changed_one_was_never_good() {
        let folder = std::env::temp_dir().join(format!("kinward-identity-{}", rand::random::<u64>()));
        std::fs::create_dir_all(&folder).unwrap();
        let issuer = DevelopmentIssuer::create(&folder).unwrap();
        let clock = Arc::new(SetClock::at(chrono::DateTime::from_timestamp(1_000, 0).unwrap()));
        let tokens = DevelopmentTokens::open(&folder.join(PUBLIC), false, clock.clone()).unwrap();
        let principal = Principal {
            person: "p".to_owned(),
            department: "VILLAGE".to_owned(),
            role: "director".to_owned(),
            unit: "v".to_owned(),
            area: "430903".to_owned(),
            on_behalf_of: String::new(),
        };
        let token = format!("Bearer {}", issuer.issue(&principal, 2_000).unwrap());
        for _ in 0..2 {
            assert_eq!(tokens.verify(Some(&token)).unwrap(), (principal.clone(), 2_000));
        }
        let mut changed = token.clone().into_bytes();
        let last = changed.len() - 5;
        changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        for _ in 0..2 {
            assert!(matches!(tokens.verify(Some(&changed)), Err(IdentityError::Invalid)));
        }
        clock.set(chrono::DateTime::from_timestamp(2_000, 0).unwrap());
        assert!(matches!(tokens.verify(Some(&token)), Err(IdentityError::Expired)));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
