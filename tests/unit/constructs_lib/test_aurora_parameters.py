import pytest

from constructs_lib.aurora.parameters import ApplyMethod, Parameter, with_apply_methods


def method(name: str, value: str = "x", *, engine_version: str = "15.8") -> ApplyMethod | None:
    """The method that follows for a parameter that states none."""
    (applied,) = with_apply_methods(
        [Parameter(name=name, value=value)], engine_version=engine_version
    )
    return applied.apply_method


def test_a_dynamic_parameter_is_applied_immediately() -> None:
    assert method("log_statement") is ApplyMethod.IMMEDIATE


def test_a_static_parameter_waits_for_a_reboot() -> None:
    assert method("rds.logical_replication") is ApplyMethod.PENDING_REBOOT


def test_auroras_own_default_is_stated_as_rds_gives_it_back() -> None:
    assert method("autovacuum_naptime", "5") is ApplyMethod.PENDING_REBOOT
    assert method("autovacuum_naptime", "6") is ApplyMethod.IMMEDIATE


def test_a_default_is_that_of_the_release() -> None:
    assert method("rds.force_ssl", "1", engine_version="15.8") is ApplyMethod.IMMEDIATE
    assert method("rds.force_ssl", "1", engine_version="17.4") is ApplyMethod.PENDING_REBOOT
    assert method("rds.force_ssl", "0", engine_version="17.4") is ApplyMethod.IMMEDIATE


def test_a_stated_method_is_taken() -> None:
    given = Parameter(name="log_statement", value="ddl", apply_method=ApplyMethod.PENDING_REBOOT)

    assert with_apply_methods([given], engine_version="15.8") == [given]


def test_an_unknown_parameter_with_its_method_is_taken() -> None:
    given = Parameter(name="brand_new", value="on", apply_method=ApplyMethod.IMMEDIATE)

    assert with_apply_methods([given], engine_version="15.8") == [given]


def test_the_order_is_that_of_the_names() -> None:
    given = [Parameter(name=name, value="1") for name in ("work_mem", "autovacuum", "jit")]
    given[2] = Parameter(name="jit", value="0", apply_method=ApplyMethod.IMMEDIATE)

    applied = with_apply_methods(given, engine_version="15.8")

    assert [parameter.name for parameter in applied] == ["autovacuum", "jit", "work_mem"]


def test_fails_on_an_unknown_parameter_without_a_method() -> None:
    with pytest.raises(ValueError, match="brand_new") as error:
        method("brand_new", engine_version="16.4")

    assert str(error.value) == (
        "the parameter brand_new has no apply_method, and the table of known parameters does not"
        " hold it; allowed are immediate (for a dynamic one) and pending-reboot (for a static one)."
        " To see which it is: aws rds describe-engine-default-cluster-parameters"
        " --db-parameter-group-family aurora-postgresql16"
        " --query \"EngineDefaults.Parameters[?ParameterName=='brand_new'].ApplyType\""
    )


def test_fails_on_a_static_parameter_to_be_applied_immediately() -> None:
    given = Parameter(name="max_connections", value="99", apply_method=ApplyMethod.IMMEDIATE)

    with pytest.raises(ValueError, match="max_connections") as error:
        with_apply_methods([given], engine_version="15.8")

    assert str(error.value) == (
        "the parameter max_connections is static and its apply_method is immediate, which RDS"
        " refuses; allowed is pending-reboot. Leave apply_method out: it follows by itself."
    )


def test_fails_on_a_parameter_that_is_given_twice() -> None:
    given = [Parameter(name="work_mem", value=value) for value in ("1", "2")]

    with pytest.raises(ValueError, match="work_mem") as error:
        with_apply_methods(given, engine_version="15.8")

    assert str(error.value) == (
        "the parameter work_mem is given twice; a parameter group holds one value of each."
        " Leave one out."
    )
