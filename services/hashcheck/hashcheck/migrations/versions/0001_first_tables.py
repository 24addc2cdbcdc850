"""Keep lists of known pictures, count checks."""

import sqlalchemy as sa
from alembic import op
from shared.platform.migrations import create_platform_tables
from shared.platform.platform_schema import create_year_partitions

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_platform_tables(op, "hashcheck")
    op.create_table('check_count',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('caller', sa.String(), nullable=False),
    sa.Column('counted', sa.Enum('md5', 'sha1', 'sha256', 'phash', 'pdq', 'picture', name='ck_check_count_counted', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('outcome', sa.Enum('match', 'no_match', 'low_quality', 'invalid', name='ck_check_count_outcome', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('count', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('count > 0', name='ck_check_count_counts_something'),
    sa.PrimaryKeyConstraint('day', 'caller', 'counted', 'outcome', name='pk_check_count'),
    postgresql_partition_by='RANGE (day)'
    )
    op.create_table('client_terms',
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('pictures_allowed', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('client_id', name='pk_client_terms')
    )
    op.create_table('hash_list',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('provenance', sa.String(), nullable=False),
    sa.Column('list_class', sa.Enum('illegal', 'test', name='ck_hash_list_list_class', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('state', sa.Enum('active', 'suspended', name='ck_hash_list_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("provenance <> ''", name='ck_hash_list_provenance_is_told'),
    sa.PrimaryKeyConstraint('id', name='pk_hash_list'),
    sa.UniqueConstraint('name', name='uq_hash_list_name')
    )
    op.create_table('list_version',
    sa.Column('id', sa.SmallInteger(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('id = 1', name='ck_list_version_only_one'),
    sa.PrimaryKeyConstraint('id', name='pk_list_version')
    )
    op.create_table('entry',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('list_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('proposed', 'listed', 'refused', 'withdrawn', name='ck_entry_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('source_id', sa.Uuid(), nullable=True),
    sa.Column('proposed_by', sa.Uuid(), nullable=False),
    sa.Column('proposed_in', sa.String(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('refusal', sa.Enum('not_illegal', 'wrong_picture', 'low_quality', 'duplicate', name='ck_entry_refusal', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('withdrawal', sa.Enum('false_positive', 'decision_reversed', 'source_withdrew', name='ck_entry_withdrawal', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ai_involvement', sa.Enum('not_seen', 'ai_edited', 'ai_generated', 'ai_suspected', 'cannot_tell', name='ck_entry_ai_involvement', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('gender', sa.Enum('female', 'male', 'both', 'not_determined', name='ck_entry_gender', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('self_generated', sa.Enum('no', 'yes_voluntary_later_spread', 'yes_coerced_or_groomed', 'yes_covertly_recorded', 'yes_circumstances_unknown', 'unknown', name='ck_entry_self_generated', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('age_min', sa.SmallInteger(), nullable=True),
    sa.Column('age_max', sa.SmallInteger(), nullable=True),
    sa.CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name='ck_entry_decided_by_somebody'),
    sa.CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name='ck_entry_refused_for_a_reason'),
    sa.CheckConstraint("(state = 'withdrawn') = (withdrawal IS NOT NULL AND withdrawn_at IS NOT NULL)", name='ck_entry_withdrawn_for_a_reason'),
    sa.CheckConstraint('(age_min IS NULL) = (age_max IS NULL)', name='ck_entry_both_ages'),
    sa.CheckConstraint('(decided_by IS NULL) = (decided_at IS NULL)', name='ck_entry_decided_at_some_time'),
    sa.CheckConstraint('age_min BETWEEN 0 AND age_max AND age_max <= 17', name='ck_entry_ages_of_children'),
    sa.CheckConstraint('decided_by <> proposed_by', name='ck_entry_second_person'),
    sa.ForeignKeyConstraint(['list_id'], ['hash_list.id'], name='fk_entry_list_id'),
    sa.PrimaryKeyConstraint('id', name='pk_entry'),
    sa.UniqueConstraint('source_id', name='uq_entry_source_id')
    )
    op.create_index('ix_entry_list_state', 'entry', ['list_id', 'state', 'proposed_at'], unique=False)
    op.create_index('ix_entry_proposed', 'entry', ['proposed_at'], unique=False, postgresql_where=sa.text("state = 'proposed'"))
    op.create_table('entry_hash',
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('type', sa.Enum('md5', 'sha1', 'sha256', 'phash', 'pdq', name='ck_entry_hash_type', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("octet_length(digest) = CASE type WHEN 'md5' THEN 16 WHEN 'sha1' THEN 20 WHEN 'phash' THEN 8 ELSE 32 END", name='ck_entry_hash_digest_has_its_length'),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name='fk_entry_hash_entry_id'),
    sa.PrimaryKeyConstraint('entry_id', 'type', name='pk_entry_hash')
    )
    op.create_index('ix_entry_hash_digest', 'entry_hash', ['type', 'digest'], unique=False)
    op.create_table('hit',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('caller', sa.String(), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('hash_type', sa.Enum('md5', 'sha1', 'sha256', 'phash', 'pdq', name='ck_hit_hash_type', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('distance', sa.SmallInteger(), nullable=False),
    sa.Column('list_version', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name='fk_hit_entry_id'),
    sa.PrimaryKeyConstraint('id', name='pk_hit')
    )
    op.create_index('ix_hit_at', 'hit', ['at'], unique=False)
    op.create_index('ix_hit_entry_id', 'hit', ['entry_id'], unique=False)
    create_year_partitions(op, "check_count", "hashcheck_app")
    op.execute("INSERT INTO list_version (id, version) VALUES (1, 1)")
    # What the hotline judges has to have a place before anybody of this service has signed in.
    op.execute(
        "INSERT INTO hash_list (id, name, provenance, list_class, state, created_at) VALUES"
        " (gen_random_uuid(), 'offlimits', 'Judged illegal by two people, the first of the"
        " hotline.', 'illegal', 'active', now())"
    )
