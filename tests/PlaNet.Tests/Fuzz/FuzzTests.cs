using System.Buffers.Binary;
using System.Collections;
using System.IO.Compression;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using PlaNet.Cluster.Wire;
using PlaNet.Environments;
using PlaNet.Environments.Processes;
using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs.Settings;
using PlaNet.Tests.Common;
using PlaNet.Tests.Replay;

namespace PlaNet.Tests.Fuzz;

/// <summary>Readers of files and messages under damaged input (docs/failures.md).</summary>
public sealed class FuzzTests
{
    private const string EpisodeName = "20190604T000000-0123456789abcdef0123456789abcdef";

    private static readonly string[] s_numbers =
    [
        "0", "-1", "1", "0.5", "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "1e308", "-1e308",
        "1e999", "NaN"
    ];

    private static readonly IReadOnlyList<byte[]> s_json = FuzzTarget.Texts(
        [
            .. s_numbers, "null", "true", "false", "{}", "[]", "\"\"", "\"a\"", "{\"a\":0}", ",", ":", "\"", "{", "}", "\\", "\n", "\r",
            "\0", "//", "\"\\ud800\"", "\\ud800", "\\u0000", "\\u001b[2J", "\ufeff", "\u2028", new string('a', 5000), new string('9', 5000),
            new string(' ', 5000),
        ]);

    // Of a name, a value, an object's and an array's end.
    private static readonly IReadOnlyList<byte[]> s_jsonNestings = FuzzTarget.Texts("[", "{\"a\":", "[{\"task\":", "]", "}");

    [Fact]
    public void Episodes()
    {
        using var folder = new TemporaryFolder();
        var file = folder[EpisodeName + EpisodeFile.Extension];
        var whole = EpisodeFile.ToBytes(Recordings.Random(EpisodeName, steps: 3, end: EpisodeEnd.Terminated));
        byte[][] archives = [whole, EpisodeFile.ToBytes(Recordings.Numbered(EpisodeName, 1, length: 1)), Stored(whole)];
        new FuzzTarget
        {
            Name = "episodes",

            // A damaged array is put into an archive with the right lengths and checksums; otherwise those reject nearly everything.
            Inputs =
            [
                .. archives.Select(archive => new FuzzInput("archive", archive)),
                .. Arrays(whole).Select(array => new FuzzInput(array.Key, array.Value)),
            ],
            Tokens =
            [
                .. FuzzTarget.Texts(
                    [
                        .. s_numbers, "()", "(", ")", ",", "'", "\"", "{", "}", "True", "'<f8'", "'<i8'", "'|O'", "'>f4'", "|u1", "|b1",
                        "[('a', '<f4')]", "PK\u0003\u0004", "PK\u0001\u0002", "PK\u0005\u0006", "image.npy", "reward.npy", "../a", "\0",
                        "\u001b[2J",
                    ]),
                BitConverter.GetBytes(float.NaN), BitConverter.GetBytes(float.PositiveInfinity), BitConverter.GetBytes(float.MaxValue),
                [0, 0, 0, 0], [0xff, 0xff], [0xff, 0xff, 0xff, 0xff], [0xfe, 0xff, 0xff, 0x7f],
            ],
            Nestings = FuzzTarget.Texts("(", "{", "'", "1,", "\0", "PK\u0001\u0002", " "),
            Read = input =>
            {
                var bytes = input.Kind is "archive" ? input.Bytes : With(whole, input.Kind, input.Bytes);
                File.WriteAllBytes(file, bytes);
                EpisodeFileException? refusal = null;
                try
                {
                    Assert.InRange(EpisodeFile.ReadEntry(file).Length, 1, bytes.Length);
                }
                catch (EpisodeFileException exception)
                {
                    refusal = exception;
                }

                // Whatever is accepted is a whole episode, and its entry is readable too.
                var episode = EpisodeFile.FromBytes(EpisodeName, bytes);
                Assert.Null(refusal);
                EpisodeFile.FromBytes(EpisodeName, EpisodeFile.ToBytes(episode));
            },
            IsDocumented = exception => exception is EpisodeFileException,
        }.Run();
    }

    [Fact]
    public void Environment_processes()
    {
        StateSpec[] states = [new("position", 2), new("speed", 1)];
        var spec = new EnvironmentSpec("own", new ActionSpec([-1, 0], [1, 2]), new ImageSpec(2, 3), states, 100)
        {
            ActionRepeat = 4,
        };
        var observation = ProcessProtocol.WriteObservation(spec, Played.Watch(spec));
        (string Kind, string Text)[] texts =
        [
            ("hello", ProcessProtocol.Hello(spec)),
            ("hello", ProcessProtocol.Hello(spec with { Image = null })),
            ("hello", ProcessProtocol.Hello(spec with { States = [] })),
            ("hello", ProcessProtocol.Hello(spec with { Terminates = true })),
            ("hello", ProcessProtocol.Hello(spec with { Action = ActionSpec.Discrete(3) })),
            ("reset answer", ProcessProtocol.ResetAnswer(observation.Length)),
            (
                "step answer",
                ProcessProtocol.StepAnswer(
                    observation.Length,
                    new StepResult(Played.Watch(spec), 0.25, Terminated: true, Truncated: false))),
            ("request", ProcessProtocol.Reset(ulong.MaxValue)),
            ("request", ProcessProtocol.Step([0.5f, 1])),
            ("request", ProcessProtocol.Step(2)),
            ("request", ProcessProtocol.Close()),
            (
                "requests",
                string.Join(
                    '\n',
                    ProcessProtocol.Reset(1),
                    ProcessProtocol.Step([0.5f, 1]),
                    ProcessProtocol.Step([-1, 0]),
                    ProcessProtocol.Close())
                    + "\n"),
        ];
        new FuzzTarget
        {
            Name = "environment processes",
            Inputs = [.. texts.Select(text => new FuzzInput(text.Kind, Encoding.UTF8.GetBytes(text.Text)))],
            Tokens =
            [
                .. s_json,
                .. FuzzTarget.Texts(
                    "\"error\":\"a\\nb\",", "\"error\":{},", "\"error\":\"\\ud800\",",
                    "\"bytes\":2147483647,", "\"states\":[],", "1048576", "4096"),
                [0xff], [0xc3], [0xed, 0xa0, 0x80],
            ],
            Nestings = s_jsonNestings,
            Read = input => Exchange(spec, input),
            IsDocumented = exception => exception is FormatException,
        }.Run();
    }

    [Fact]
    public void Experiments()
    {
        var changed = new Experiment() with
        {
            Name = "other",
            Description = "ü \"quoted\" \\ text",
            Task = new TaskOptions { Others = "reacher_easy:4" }
        };
        new FuzzTarget
        {
            Name = "experiments",
            Inputs =
            [
                .. new[]
                {
                    ExperimentJson.Write(new Experiment()),
                    ExperimentJson.Write(changed),
                    "{\"task\": {\"action_repeat\": 4}}",
                    "{}"
                }
                    .Select(text => new FuzzInput("experiment", Encoding.UTF8.GetBytes(text))),
            ],
            Tokens =
            [
                .. s_json,
                .. FuzzTarget.Texts(
                    "\"name\": \"a\\nb\",", "\"seed\": 1,", "\"model\": {", "\"task\": null,",
                    "\"swish\"", "\"_x\": 1,", "\"\\ud800\": 1,"),
                [0xff], [0xc3], [0xed, 0xa0, 0x80],
            ],
            Nestings = s_jsonNestings,
            Read = input =>
            {
                var experiment = ExperimentJson.Read(Encoding.UTF8.GetString(input.Bytes));
                Assert.Equal(experiment, ExperimentJson.Read(ExperimentJson.Write(experiment)));
            },
            IsDocumented = exception => exception is ExperimentException,
        }.Run();
    }

    [Fact]
    public void Settings()
    {
        using var folder = new TemporaryFolder();
        var file = folder["planet.conf"];
        File.WriteAllText(folder["other.conf"], "planet.grid.failures = 2\n");
        File.WriteAllText(folder["again.conf"], "include \"planet.conf\"\n");
        string[] files =
        [
            "include \"other.conf\"\nplanet.progress_seconds = 5\n",
            "planet {\n  # words\n  supervision { max_restarts = 2, jitter = 0.5 }\n  experiments = \"a:b\"\n  grid.lease_seconds = 90 // more\n}\n",
            "akka { loglevel = INFO, loggers = [\"a\", \"b\"], remote.dot-netty.tcp.port = 0 }\nplanet.grid.failures = 6\nplanet.grid.heartbeat_seconds = ${planet.grid.failures}\n",
            "planet.cluster.tls { certificate = \"a.pfx\", authority = \"\"\"a.crt\"\"\", password_file = p }\n\n",
        ];
        new FuzzTarget
        {
            Name = "settings",
            Inputs =
            [
                .. files.Select(text => new FuzzInput("file", Encoding.UTF8.GetBytes(text))),
                new FuzzInput("PLANET__GRID__FAILURES", "4"u8.ToArray()),
                new FuzzInput("PLANET__EXPERIMENTS", "a:b"u8.ToArray()),
                new FuzzInput("AKKA__LOG_DEAD_LETTERS", "on"u8.ToArray()),
                new FuzzInput("name of a variable", "PLANET__GRID__FAILURES"u8.ToArray()),
            ],
            Tokens =
            [
                .. FuzzTarget.Texts(
                    [
                        .. s_numbers, "planet", "akka", ".", "..", "=", ":", "+=", ",", "\n", "\"", "\"\"\"", "{", "}", "[", "]", "#", "//",
                        "\\", "$", "${", "${?", "${planet}", "${akka}", "${planet.grid}", "${a.b}", "${?planet.experiments}",
                        "include \"other.conf\"\n", "include \"planet.conf\"\n", "include \"again.conf\"\n", "include \"missing.conf\"\n",
                        "include \".\"\n", "include", "null", "true", "10 seconds", "planet.grid = ${planet}\n",
                        "planet.grid.failures = ${planet.grid.failures}\n", "planet = ${planet}\n", "__", "\0", "\u001b[2J", "\ufeff",
                        new string('a', 2000), new string('9', 2000),
                    ]),
                [0xff], [0xc3],
            ],
            Nestings = FuzzTarget.Texts("{", "[", "a {", "a.", "(", "${", "\"", "a = ", "}", "]", "a { b = ["),
            Read = input =>
            {
                HoconSettings settings;
                if (input.Kind is "file")
                {
                    File.WriteAllBytes(file, input.Bytes);
                    settings = HoconSettings.Read([file]);
                }
                else
                {
                    var text = Encoding.UTF8.GetString(input.Bytes);
                    settings = HoconSettings.Read(
                        [],
                        input.Kind[0] is 'n' ? new Hashtable { [text] = "1" } : new Hashtable { [input.Kind] = text });
                }

                _ = settings.ToString();
            },
            IsDocumented = exception => exception is SettingsException,
        }.Run();
    }

    [Fact]
    public void Messages_between_nodes()
    {
        var config = $$"""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              actor.provider = remote
              actor.serializers.json = "{{typeof(RefusingSerializer).AssemblyQualifiedName}}"
              actor.serialization-settings.json.identifier = 1
              remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
            }
            """;
        using var system = (ExtendedActorSystem)ActorSystem.Create("fuzz", ConfigurationFactory.ParseString(config));
        var (wire, akka) = (new WireSerializer(system), new GuardedAkkaSerializer(system));
        IWireMessage[] messages = [.. WireManifests.Current.Names.SelectMany(AnyMessage.Of)];
        object[] ofAkka = [new Identify("who"), new ActorIdentity("who", system.DeadLetters), system.DeadLetters];
        new FuzzTarget
        {
            Name = "messages between nodes",
            Inputs =
            [
                .. messages.Select(message => new FuzzInput(wire.Manifest(message), wire.ToBinary(message))),
                .. ofAkka.Select(message => new FuzzInput(akka.Manifest(message), akka.ToBinary(message))),
                new FuzzInput("RWHB", []),
            ],
            Tokens =
            [
                [0xc0], [0xc2], [0xc3], [0x80], [0x90], [0x91], [0xa0], [0x7f], [0xff], [0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0],
                [0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [0xce, 0x80, 0, 0, 0], [0xd2, 0x80, 0, 0, 0], [0xd1, 0x80, 0],
                .. new[] { double.NaN, double.PositiveInfinity, 1e308, -1 }.Select(number => (byte[])[0xcb, .. BigEndian(number)]),
                [0xdd, 0xff, 0xff, 0xff, 0xff], [0xdd, 0x7f, 0xff, 0xff, 0xff], [0xdc, 0xff, 0xff], [0xdf, 0x7f, 0xff, 0xff, 0xff],
                [0xde, 0xff, 0xff], [0xc6, 0x7f, 0xff, 0xff, 0xff], [0xc6, 0xff, 0xff, 0xff, 0xff], [0xc4, 0],
                [0xdb, 0x7f, 0xff, 0xff, 0xff], [0xd9, 0xff], [0xd6, 0xff, 0xff, 0xff, 0xff, 0xff],
                [0xc7, 12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
                [0xc9, 0x7f, 0xff, 0xff, 0xff, 100], [0xa1, (byte)'\n'], [0xa2, 0xc3, 0x28], [0xa3, 0xed, 0xa0, 0x80],
            ],
            Nestings = [[0x91], [0x81], [0x81, 0], [0x92, 0xc0], [0xdd, 0, 0, 0, 1], [0xc0], [0x0a, 0x7f]],
            Read = input =>
            {
                if (!input.Kind.Contains('/', StringComparison.Ordinal))
                {
                    akka.FromBinary(input.Bytes, input.Kind);
                    return;
                }

                // What is accepted can be used without a further check, and sent on.
                var message = wire.FromBinary(input.Bytes, input.Kind);
                AnyMessage.RequireWhole(message);
                wire.ToBinary(message);
            },
            IsDocumented = exception => exception is WireException,
        }.Run();
    }

    private static byte[] BigEndian(double number)
    {
        var bytes = new byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, number);
        return bytes;
    }

    // ---- Archives ----

    private static List<KeyValuePair<string, byte[]>> Arrays(byte[] archive)
    {
        using var opened = new ZipArchive(new MemoryStream(archive));
        var arrays = new List<KeyValuePair<string, byte[]>>();
        foreach (var entry in opened.Entries)
        {
            using var content = entry.Open();
            using var copy = new MemoryStream();
            content.CopyTo(copy);
            arrays.Add(new(entry.FullName, copy.ToArray()));
        }

        return arrays;
    }

    private static byte[] Archive(IEnumerable<KeyValuePair<string, byte[]>> arrays, CompressionLevel level)
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach (var (name, bytes) in arrays)
            {
                using var content = archive.CreateEntry(name, level).Open();
                content.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    private static byte[] Stored(byte[] archive) => Archive(Arrays(archive), CompressionLevel.NoCompression);

    private static byte[] With(byte[] archive, string name, byte[] bytes) => Archive(
        Arrays(archive).Select(array => array.Key == name ? new(name, bytes) : array), CompressionLevel.Fastest);

    // ---- Environments ----

    private static void Exchange(EnvironmentSpec spec, FuzzInput input)
    {
        // As lines arrive: invalid UTF-8 is replaced.
        var text = Encoding.UTF8.GetString(input.Bytes);
        switch (input.Kind)
        {
            case "hello":
                var described = ProcessProtocol.ReadHello(text);
                var size = ProcessProtocol.ObservationBytes(described);
                Assert.InRange(size, 1, ProcessProtocol.MaxObservationBytes);
                Assert.InRange(described.Decisions, 1, described.ControlSteps);
                Assert.Equal(
                    ProcessProtocol.Hello(described),
                    ProcessProtocol.Hello(ProcessProtocol.ReadHello(ProcessProtocol.Hello(described))));
                break;
            case "reset answer":
                ProcessProtocol.ReadAnswer(text, step: false);
                break;
            case "step answer":
                ProcessProtocol.ReadAnswer(text, step: true);
                break;
            case "request":
                ProcessProtocol.ReadRequest(text);
                break;
            default:
                Serve(spec, input.Bytes);
                break;
        }
    }

    // Every answer of the server is one that the client can read.
    private static void Serve(EnvironmentSpec spec, byte[] requests)
    {
        using var environment = new Played(spec);
        using var input = new MemoryStream(requests);
        using var output = new MemoryStream();
        EnvironmentServer.Serve(environment, input, output, () => throw new InvalidOperationException("The server did not end."));
        var rest = output.ToArray().AsSpan();
        for (var first = true; !rest.IsEmpty; first = false)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = Encoding.UTF8.GetString(rest[..end]);
            var isError = line.StartsWith("{\"error\":", StringComparison.Ordinal);
            Assert.InRange(end, 1, 1 << 15);
            rest = rest[(end + 1)..];
            if (first)
            {
                ProcessProtocol.ReadHello(line);
            }
            else if (!isError)
            {
                rest = rest[ProcessProtocol.ReadAnswer(line, step: line.Contains("reward", StringComparison.Ordinal)).Bytes..];
            }
        }
    }

    private sealed class Played(EnvironmentSpec spec) : IEnvironment
    {
        public EnvironmentSpec Spec => spec;

        public static Observation Watch(EnvironmentSpec spec) => new(
            spec.Image is { } image ? new byte[image.Bytes] : null,
            spec.States.ToDictionary(state => state.Name, state => new float[state.Size]));

        public Observation Reset(ulong seed) => Watch(spec);

        public StepResult Step(ReadOnlySpan<float> action)
        {
            spec.Action.Check(spec.Task, action);
            return new StepResult(Watch(spec), action[0], Terminated: false, Truncated: false);
        }

        public void Dispose()
        {
        }
    }
}
