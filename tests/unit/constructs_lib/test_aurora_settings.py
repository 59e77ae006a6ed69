import pytest

from constructs_lib.aurora import AuroraMonitoring


def test_the_advanced_mode_is_taken_with_its_retention() -> None:
    monitoring = AuroraMonitoring(
        database_insights_mode="advanced", performance_insights_retention_days=465
    )

    assert monitoring.database_insights_mode == "advanced"


def test_fails_when_the_advanced_mode_keeps_too_little() -> None:
    with pytest.raises(ValueError, match="advanced") as error:
        AuroraMonitoring(database_insights_mode="advanced", performance_insights_retention_days=434)

    assert str(error.value) == (
        "database_insights_mode is advanced and performance_insights_retention_days is 434; the"
        " advanced mode needs at least 465 days. Raise the retention, or choose the standard mode."
    )
