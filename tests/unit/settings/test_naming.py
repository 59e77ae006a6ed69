"""Names: pinned, since states and secrets are found by them, and within AWS's lengths."""

from settings import naming, outputs

LONGEST = {"project": "a" * 20, "environment": "b" * 16}


def test_names_are_pinned() -> None:
    assert naming.ACCOUNT_STATE_KEY == "account/terraform.tfstate"
    assert naming.environment_state_key("dev") == "environments/dev/terraform.tfstate"
    assert naming.prefix("aurora-ferry", "dev") == "aurora-ferry-dev"
    assert naming.account_stack("111122223333") == "account-111122223333"
    assert naming.migration_stack("dev") == "dev"
    assert naming.source_secret("aurora-ferry", "dev") == "aurora-ferry-dev/source"
    assert naming.master_secret("aurora-ferry", "dev") == "aurora-ferry-dev/master"
    assert naming.target_secret("aurora-ferry", "dev") == "aurora-ferry-dev/target"


def test_a_state_bucket_fits_into_s3s_63_characters() -> None:
    bucket = naming.state_bucket(LONGEST["project"], "1" * 12, "ap-southeast-1")

    assert len(bucket) <= 63


def test_a_prefix_leaves_room_in_the_63_characters_of_rds_and_dms() -> None:
    assert len(naming.prefix(**LONGEST)) <= 63 - len("-replication-instance")


def test_outputs_differ() -> None:
    names = [value for name, value in vars(outputs).items() if name.isupper()]

    assert len(names) == len(set(names)) == 27


def test_a_readers_output_is_named_by_its_number() -> None:
    assert outputs.reader_instance_id(1) == outputs.READER_INSTANCE_1_ID
    assert outputs.reader_instance_id(2) == outputs.READER_INSTANCE_2_ID
