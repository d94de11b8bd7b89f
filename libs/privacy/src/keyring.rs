//! The keyring: wrapped data keys in a PostgreSQL database of their own; never in the log or a read model.

use crate::{DataKey, KeyProvider, ProviderError, WrappedKey, fresh_key};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection as _, PgPool, Row as _};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

const SCHEMA: &str = "
create table if not exists keys (
    key_id text primary key,
    kek_version integer not null,
    wrapped bytea,
    minted_by text not null,
    minted_at timestamptz not null default now(),
    destroyed_at timestamptz
);
";

/// PostgreSQL: invalid_catalog_name.
const NO_SUCH_DATABASE: &str = "3D000";

/// Unwrapped keys kept in memory.
const CACHED: u64 = 50_000;

/// Why a key could not be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The database is out of reach.
    #[error(
        "密钥库不可用：请检查其数据库及设置中的 keyring  the keyring is out of reach, check its database and `keyring` of the settings: {0}"
    )]
    Database(#[from] sqlx::Error),
    /// The provider failed.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// What is needed is sealed to the escrow, damaged, or its key is lost: an operator must recover it first.
    #[error(
        "所需的值无法打开：请运行 `kinward keys recover`，或恢复密钥库  a value that is needed does not open: run `kinward keys recover`, or restore the keyring"
    )]
    DoesNotOpen,
    /// The pool's disk takes nothing: no keys are minted that could not be kept.
    #[error(
        "密钥池无法写入：请检查 state 文件夹的磁盘空间与权限  the key pool cannot be written, check room and permission of the folder `state`: {0}"
    )]
    Pool(std::io::Error),
}

/// What the keyring has under an id.
pub enum Held {
    /// The key.
    Key(Arc<DataKey>),
    /// A tombstone: what it sealed is erased.
    Destroyed,
    /// Nothing.
    Unknown,
}

/// A key that the keyring has stored.
pub struct Minted {
    /// Its id.
    pub key_id: String,
    /// The key.
    pub key: DataKey,
    /// The key as the keyring stored it.
    pub wrapped: WrappedKey,
}

/// The keyring. Cheap to clone.
#[derive(Clone)]
pub struct Keyring {
    pool: PgPool,
    provider: Arc<dyn KeyProvider>,
    cache: moka::sync::Cache<String, Arc<DataKey>>,
}

impl Keyring {
    /// Creates the database, where its server has none of that name, and the table. Only the provisioning step does this.
    pub async fn provision(database: &str) -> Result<(), KeyringError> {
        let options = PgConnectOptions::from_str(database)?;
        let mut connection = match PgConnection::connect_with(&options).await {
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(NO_SUCH_DATABASE) => {
                let name = options.get_database().unwrap_or_default().replace('"', "\"\"");
                let mut server = PgConnection::connect_with(&options.clone().database("postgres")).await?;
                let create = AssertSqlSafe(format!("create database \"{name}\""));
                // another provisioner may come first: whether it is there, connecting tells
                let _ = sqlx::query(create).execute(&mut server).await;
                PgConnection::connect_with(&options).await?
            }
            connected => connected?,
        };
        let mut transaction = connection.begin().await?;
        sqlx::query("select pg_advisory_xact_lock(2701)").execute(&mut *transaction).await?;
        sqlx::raw_sql(SCHEMA).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Connects lazily: a service starts while the keyring is away.
    pub fn connect(database: &str, provider: Arc<dyn KeyProvider>) -> Result<Self, KeyringError> {
        let pool = PgPoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(3))
            .connect_lazy(database)?;
        Ok(Self { pool, provider, cache: moka::sync::Cache::new(CACHED) })
    }

    /// Mints keys and stores them durably before they are handed out.
    pub async fn mint(&self, by: &str, count: usize) -> Result<Vec<Minted>, KeyringError> {
        let mut minted = Vec::with_capacity(count);
        let (mut ids, mut versions, mut wrapped) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..count {
            let key_id = hex::encode(rand::random::<[u8; 16]>());
            let key = fresh_key();
            let under = self.provider.wrap(&key_id, &key).await?;
            ids.push(key_id.clone());
            versions.push(under.version);
            wrapped.push(under.bytes.clone());
            minted.push(Minted { key_id, key, wrapped: under });
        }
        sqlx::query(
            "insert into keys (key_id, kek_version, wrapped, minted_by) \
             select key_id, version, wrapped, $4 from unnest($1::text[], $2::int[], $3::bytea[]) as k (key_id, version, wrapped)",
        )
        .bind(&ids)
        .bind(&versions)
        .bind(&wrapped)
        .bind(by)
        .execute(&self.pool)
        .await?;
        Ok(minted)
    }

    /// Stores a key that was recovered from the escrow; answers whether it was not there. One that was destroyed stays so.
    pub async fn keep(&self, by: &str, key_id: &str, key: &DataKey) -> Result<bool, KeyringError> {
        let WrappedKey { version, bytes } = self.provider.wrap(key_id, key).await?;
        let done = sqlx::query(
            "insert into keys (key_id, kek_version, wrapped, minted_by) values ($1, $2, $3, $4) \
             on conflict (key_id) do nothing",
        )
        .bind(key_id)
        .bind(version)
        .bind(bytes)
        .bind(by)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// What there is under an id.
    pub async fn fetch(&self, key_id: &str) -> Result<Held, KeyringError> {
        if let Some(key) = self.cache.get(key_id) {
            return Ok(Held::Key(key));
        }
        let row = sqlx::query("select kek_version, wrapped from keys where key_id = $1")
            .bind(key_id)
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(Held::Unknown) };
        let Some(bytes) = row.get::<Option<Vec<u8>>, _>(1) else { return Ok(Held::Destroyed) };
        let wrapped = WrappedKey { version: row.get(0), bytes };
        let key = Arc::new(self.provider.unwrap(key_id, &wrapped).await?);
        self.cache.insert(key_id.to_owned(), Arc::clone(&key));
        Ok(Held::Key(key))
    }

    /// Destroys keys; a tombstone stays. Applied again after a restore, so that a backup brings nothing back.
    pub async fn destroy(&self, key_ids: &[String]) -> Result<(), KeyringError> {
        sqlx::query(
            "insert into keys (key_id, kek_version, minted_by, destroyed_at) \
             select key_id, 0, '', now() from unnest($1::text[]) as k (key_id) \
             on conflict (key_id) do update set wrapped = null, destroyed_at = coalesce(keys.destroyed_at, now())",
        )
        .bind(key_ids)
        .execute(&self.pool)
        .await?;
        for key_id in key_ids {
            self.cache.invalidate(key_id);
        }
        Ok(())
    }
}
