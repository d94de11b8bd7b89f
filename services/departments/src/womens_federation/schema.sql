create table families (
    guidance_id text primary key,
    origin integer not null,
    child_id text,
    village_code text,
    provider_unit_id text,
    since timestamptz not null,
    ended_at timestamptz,
    opened bigint not null
);
create index on families (opened);
create table places (
    subject text primary key,
    village_code text,
    child_id text
);
