"""Register contact moments, persons by pseudonym, and appointments."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('person_ref',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('pseudonym', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_person_ref'),
    sa.UniqueConstraint('pseudonym', name='uq_person_ref_pseudonym')
    )
    op.create_table('appointment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('planned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('planned', 'called', 'no_show', 'cancelled', name='state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('intent', sa.Enum('not_known', 'intends', 'does_not', 'undecided', name='intent', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.CheckConstraint("state = 'called' OR intent = 'not_known'", name='ck_appointment_intent_after_the_call'),
    sa.ForeignKeyConstraint(['person_id'], ['person_ref.id'], name='fk_appointment_person_id'),
    sa.PrimaryKeyConstraint('id', name='pk_appointment')
    )
    op.create_index('ix_appointment_person_id', 'appointment', ['person_id'], unique=False)
    op.create_table('contact_moment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=True),
    sa.Column('channel', sa.Enum('chat', 'phone', 'email', name='channel', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('worker_id', sa.Uuid(), nullable=False),
    sa.Column('form_version', sa.SmallInteger(), nullable=False),
    sa.Column('registration_class', sa.Enum('help_request', 'insufficient_information', 'other_excluded', name='registration_class', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('target_group', sa.Enum('self', 'other', 'professional', name='target_group', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('risk_level', sa.Enum('not_discussed', 'none', 'thoughts', 'plan_or_intent', 'acute_threat', name='risk_level', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('risk_action', sa.Enum('none', 'safety_talk', 'referred_113', 'gp_advised', 'trusted_person', 'call_112_advised', name='risk_action', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.CheckConstraint("(risk_level IN ('not_discussed', 'none')) = (risk_action = 'none')", name='ck_contact_moment_risk_has_an_action'),
    sa.CheckConstraint("registration_class <> 'insufficient_information' OR channel = 'chat'", name='ck_contact_moment_too_little_known_in_chat_only'),
    sa.ForeignKeyConstraint(['person_id'], ['person_ref.id'], name='fk_contact_moment_person_id'),
    sa.PrimaryKeyConstraint('id', name='pk_contact_moment'),
    sa.UniqueConstraint('conversation_id', name='uq_contact_moment_conversation_id')
    )
    op.create_index('ix_contact_moment_at', 'contact_moment', ['at'], unique=False)
    op.create_index('ix_contact_moment_person_id', 'contact_moment', ['person_id'], unique=False)
    op.create_table('moment_subgroup',
    sa.Column('moment_id', sa.Uuid(), nullable=False),
    sa.Column('subgroup', sa.Enum('viewer', 'potential_viewer', 'offender', 'potential_offender', 'sexual_feelings', 'ai_csam_question', 'other', 'not_known', name='subgroup', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['moment_id'], ['contact_moment.id'], name='fk_moment_subgroup_moment_id', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('moment_id', 'subgroup', name='pk_moment_subgroup')
    )
