# Makefile -- builds, runs and checks NQ17.
#
#   make run      installs what is missing, builds, serves sample data on http://127.0.0.1:8017
#   make check    installs, builds and runs every test      (MODE=asan: under the sanitisers)
#
# One file, no recursion; everything built lies under $(BUILD)/$(MODE).

MODE  ?= release
BUILD ?= build
build := $(BUILD)/$(MODE)
prefix ?= /usr/local

# The one list of Debian packages: to build, to run, to test, to format.
PACKAGES := gcc make pkg-config libc6-dev libpq-dev libmicrohttpd-dev libcairo2-dev \
	libpango1.0-dev libharfbuzz-dev libjansson-dev libcsv-dev libunistring-dev zlib1g-dev \
	libzstd-dev libbrotli-dev libdeflate-dev \
	libssl-dev libgnutls28-dev libxxhash-dev libzip-dev libexpat1-dev libxlsxwriter-dev \
	libqpdf-dev libqrencode-dev libsodium-dev libcurl4-gnutls-dev libcmocka-dev \
	postgresql-15 postgresql-client-15 libical-dev \
	fonts-liberation2 tzdata util-linux acl \
	python3 python3-pytest python3-pytest-xdist python3-openpyxl python3-psycopg \
	python3-selenium chromium \
	chromium-driver poppler-utils qpdf tidy curl zstd openssl procps clang-format \
	clang-tidy bear clang-14 libclang-rt-14-dev

LIBRARIES := libpq libmicrohttpd gnutls pangocairo pangoft2 harfbuzz harfbuzz-subset cairo fontconfig libqpdf \
	libqrencode jansson zlib libzstd libbrotlienc libbrotlidec libcrypto libxxhash \
	libcurl libzip expat xlsxwriter libsodium libdeflate libical

warnings := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wvla \
	-Wpointer-arith -Wwrite-strings -Wformat=2 -Wno-format-nonliteral
flags_release := -O2 -g -D_FORTIFY_SOURCE=2
flags_debug   := -O0 -g3 -Werror
flags_asan    := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=undefined

rooms    := base collector reports delivery web
sources  := $(wildcard $(addsuffix /*.c,$(rooms)))
objects  := $(sources:%.c=$(build)/%.o)
tests    := $(patsubst tests/unit/%.c,$(build)/tests/unit/%,$(wildcard tests/unit/*_test.c))
embedded := $(patsubst %,$(build)/%.inc,$(wildcard sql/*.sql sql/*/*.sql web/static/*))
tables   := $(build)/sql/schema_files.inc $(build)/web/templates.inc

CFLAGS   ?=
CFLAGS   += -std=c17 $(warnings) $(flags_$(MODE)) -fstack-protector-strong -pthread
CPPFLAGS += -D_GNU_SOURCE -I. -I$(build) $(shell pkg-config --cflags $(LIBRARIES) 2>/dev/null)
LDFLAGS  += $(filter -fsanitize=%,$(flags_$(MODE))) -pthread
LDLIBS   += $(shell pkg-config --libs $(LIBRARIES) 2>/dev/null) -lcsv -lunistring -lm

# Compiling prints one word a file; make V=1 prints the commands.
quiet = $(if $(V),,@echo "  $(1) $@";)

.PHONY: all deps run check tests fuzzers fuzz torture bench quality screenshots format format-check tidy install clean methodology \
	compile_commands.json
.DELETE_ON_ERROR:
all: $(build)/nq17
tests: $(tests) $(patsubst %,$(build)/tests/bench/%_bench,decode chart report)

$(build)/nq17: $(build)/main.o $(objects)
	$(call quiet,link)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(build)/%.o: %.c | $(embedded) $(tables)
	@mkdir -p $(@D)
	$(call quiet,cc)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(build)/tests/unit/%: tests/unit/%.c $(objects) | $(embedded) $(tables)
	@mkdir -p $(@D)
	$(call quiet,cc)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(objects) \
	  $(LDFLAGS) $(LDLIBS) -lcmocka

$(build)/tests/bench/%: tests/bench/%.c $(objects) | $(embedded) $(tables)
	@mkdir -p $(@D)
	$(call quiet,cc)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(objects) \
	  $(LDFLAGS) $(LDLIBS)

# The fuzzers: clang, always under the sanitisers, with a small limit for records so that
# they get there.  What the rooms give them comes from an archive, so that a fuzzer may
# answer in the place of the database.
fuzzers := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))
fuzz_objects := $(patsubst %.c,$(BUILD)/fuzz/%.o,$(wildcard base/*.c collector/*.c) web/jwt.c web/claims.c)
fuzz_flags := -std=c17 $(warnings) -O1 -g -fno-omit-frame-pointer -pthread -DRECORD_SIZE=4096 \
	-fno-sanitize-recover=undefined
fuzz_sanitize := address,undefined
fuzzers: $(fuzzers)

$(BUILD)/fuzz/%.o: %.c | $(embedded) $(tables)
	@mkdir -p $(@D)
	$(call quiet,fuzz)clang-14 $(CPPFLAGS) $(fuzz_flags) -fsanitize=fuzzer-no-link,$(fuzz_sanitize) \
	  -MMD -MP -c -o $@ $<

$(BUILD)/fuzz/rooms.a: $(fuzz_objects)
	@rm -f $@
	$(call quiet,fuzz)ar rcs $@ $^

$(BUILD)/fuzz/%_fuzz: tests/fuzz/%_fuzz.c $(BUILD)/fuzz/rooms.a
	$(call quiet,fuzz)clang-14 $(CPPFLAGS) $(fuzz_flags) -fsanitize=fuzzer,$(fuzz_sanitize) \
	  -MMD -MP -o $@ $< $(BUILD)/fuzz/rooms.a -Wl,--wrap=read $(LDLIBS)

# A text file as one C string literal; the module that uses it #includes it.
as_literal := sed 's/[\\"]/\\&/g; s/.*/"&\\n"/'
$(embedded): $(build)/%.inc: %
	@mkdir -p $(@D)
	@$(as_literal) $< > $@

# The files of the schema, in the order in which they are applied, as rows
# { name, sha256, text }.  The folders are named so that a file taken away counts.
schema_files := $(sort $(wildcard sql/migrations/*.sql)) $(sort $(wildcard sql/functions/*.sql)) \
	$(sort $(wildcard sql/views/*.sql)) $(sort $(wildcard sql/catalogue/*.sql)) $(wildcard sql/roles.sql)
$(build)/sql/schema_files.inc: $(schema_files) $(wildcard sql/*/) Makefile
	@mkdir -p $(@D)
	@for file in $(schema_files); do \
	  printf '{ "%s", "%s",\n' $$file $$(sha256sum < $$file | cut -d' ' -f1); \
	  $(as_literal) $$file; echo '},'; done > $@

# The templates of the pages, as rows { name, text }.
template_files := $(sort $(wildcard web/templates/*.html))
$(build)/web/templates.inc: $(template_files) web/templates/ Makefile
	@mkdir -p $(@D)
	@for file in $(template_files); do \
	  printf '{ "%s",\n' $$(basename $$file .html); $(as_literal) $$file; echo '},'; done > $@

# ---- Packages ---------------------------------------------------------------

# Asks dpkg what is missing and apt for no more than that.  PostgreSQL's package
# would make and start a server of its own: told not to, for this installation.
deps:
	@have=" $$(dpkg-query -W -f='$${db:Status-Status}:$${Package} ' $(PACKAGES) 2>/dev/null) "; \
	missing=; for package in $(PACKAGES); do \
	  case "$$have" in *" installed:$$package "*) ;; *) missing="$$missing $$package" ;; esac; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	[ $$(id -u) -eq 0 ] && root= || root=sudo; \
	if [ -n "$$root" ] && ! command -v sudo > /dev/null; then \
	  echo "missing packages, and no sudo; as root: apt-get install$$missing" >&2; exit 1; \
	fi; \
	echo "installing$$missing"; \
	settings=/etc/postgresql-common/createcluster.d; ours=$$settings/nq17-deps.conf; \
	$$root mkdir -p $$settings; \
	echo 'create_main_cluster = false' | $$root tee $$ours > /dev/null; \
	get="$$root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0"; \
	$$get install -y --no-install-recommends $$missing > /dev/null || \
	  { $$get update && $$get install -y --no-install-recommends $$missing > /dev/null; }; \
	status=$$?; $$root rm -f $$ours; exit $$status

# ---- Running and checking ---------------------------------------------------

# A second make, because pkg-config and its files may have just arrived.
remake := $(MAKE) --no-print-directory -j$(shell nproc)
sample := $(if $(filter 0,$(shell id -u)),/var/lib/nq17-sample,./var/sample)

run:
	@$(MAKE) --no-print-directory deps
	@$(remake) all
	@exec $(build)/nq17 run --sample --data=$(sample)

check:
	@$(MAKE) --no-print-directory deps
	@$(remake) all tests fuzzers
	@BUILD=$(BUILD) MODE=$(MODE) tests/run.sh

# make fuzz [SECONDS=60] [ONLY=csv]: ends with the path of what a fuzzer found, if anything.
SECONDS ?= 60
fuzz:
	@$(MAKE) --no-print-directory deps
	@$(remake) fuzzers
	@BUILD=$(BUILD) tests/fuzz/run.sh $(SECONDS) $(ONLY)

# Crashes by the dozen: 50 kills and 200,000 records for each way in, pulling and Excel too,
# 50 kills while 85 agencies are sent their reports, by a scripted mail server and by a
# real one, which only this installs, 10,000 reports
# drawn, and five minutes of each fuzzer; takes long.
torture:
	@$(MAKE) --no-print-directory deps PACKAGES='$(PACKAGES) opensmtpd'
	@$(remake) all tests
	@BUILD=$(BUILD) MODE=$(MODE) TORTURE_RECORDS=200000 TORTURE_KILLS=50 \
	PROPERTY_RECORDS=60000 PROPERTY_SEEDS="1 2 3 4 5" /usr/bin/python3 -m pytest -q \
	-s -p no:cacheprovider tests/integration/test_crash.py \
	tests/integration/test_properties.py
	@BUILD=$(BUILD) MODE=$(MODE) TORTURE_SCOPE=all TORTURE_KILLS=50 /usr/bin/python3 -m pytest \
	-q -s -p no:cacheprovider tests/integration/test_delivery.py -k "killed or real_mail"
	@BUILD=$(BUILD) MODE=$(MODE) TORTURE_RENDERS=10000 /usr/bin/python3 -m pytest -q \
	-s -p no:cacheprovider tests/integration/test_press.py
	@$(remake) fuzzers
	@BUILD=$(BUILD) tests/fuzz/run.sh 300

# What only the benchmarks need, beside the packages above.
BENCH_PACKAGES := pgloader nodejs npm wrk nginx-light

bench:
	@$(MAKE) --no-print-directory deps PACKAGES='$(PACKAGES) $(if $(shell command -v npm),$(filter-out nodejs npm,$(BENCH_PACKAGES)),$(BENCH_PACKAGES))'
	@$(remake) all
	@BUILD=$(BUILD) MODE=$(MODE) tests/bench/run.sh

# make quality [ONLY="overview agency"] [URL=http://...]: axe-core, Lighthouse, page weight.
quality:
	@$(MAKE) --no-print-directory deps PACKAGES='$(PACKAGES) $(if $(shell command -v npm),,nodejs npm)'
	@$(remake) all
	@BUILD=$(BUILD) MODE=$(MODE) tests/quality/run.sh quality $(ONLY)

# make screenshots [ONLY=...] [URL=...]: every page at three widths, light and dark, in both
# languages, with build/screenshots/index.html to look at them.
screenshots:
	@$(MAKE) --no-print-directory deps
	@$(remake) all
	@BUILD=$(BUILD) MODE=$(MODE) tests/quality/run.sh screenshots $(ONLY)

# ---- Housekeeping -----------------------------------------------------------

c_files = $(wildcard main.c $(addsuffix /*.[ch],$(rooms) tests/unit tests/fuzz tests/bench))

format:
	clang-format -i $(c_files)

format-check:
	clang-format --dry-run -Werror $(c_files)

tidy: $(embedded) $(tables)
	clang-tidy --quiet $(sources) main.c -- $(CPPFLAGS) -std=c17

# What a new database says of its own method; a test holds the page against it.
methodology: all
	@data=$$(mktemp -d) && chmod 755 $$data && \
	  NQ17_DATA=$$data $(build)/nq17 method --markdown > docs/methodology.md; \
	  status=$$?; rm -rf $$data; exit $$status

compile_commands.json:
	bear -- $(MAKE) -B all

# The manual page says what --help says.
$(build)/nq17.1: $(build)/nq17 docs/man.sh
	docs/man.sh $(build)/nq17 > $@.part && mv $@.part $@

install: all $(build)/nq17.1
	install -D -m 755 $(build)/nq17 $(DESTDIR)$(prefix)/bin/nq17
	install -D -m 644 $(build)/nq17.1 $(DESTDIR)$(prefix)/share/man/man1/nq17.1

clean:
	rm -rf $(BUILD)

-include $(objects:.o=.d) $(build)/main.d $(addsuffix .d,$(tests) $(fuzzers)) $(fuzz_objects:.o=.d)
