create table referrals (
    referral_id text primary key,
    incident_id text not null,
    kind integer not null,
    unit_id text not null,
    village_code text,
    child_id text,
    complaint bytea,
    outcome integer not null,
    degree integer not null,
    result bytea,
    referred_at timestamptz not null,
    resulted_at timestamptz,
    opened bigint not null
);
create index on referrals (opened);
create table incidents (
    incident_id text primary key,
    village_code text,
    child_id text,
    referral_ids jsonb not null
);
create table sections (
    child_id text primary key,
    village_code text not null,
    condition bytea,
    vaccinations bytea,
    insured bytea,
    examined_on bytea,
    recorded_at timestamptz
);
