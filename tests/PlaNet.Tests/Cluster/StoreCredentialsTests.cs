using Npgsql;
using PlaNet.Cli;
using PlaNet.Cluster.Stores;
using PlaNet.Tests.Cli;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Cluster;

/// <summary>
/// Connections to PostgreSQL are encrypted when the server offers it, and passwords come only from the environment or a file and are never
/// printed. Passwords are tried in separate processes, because environment variables belong to the whole process.
/// </summary>
public sealed class StoreCredentialsTests
{
    private const string Password = "korrekt-Pferd-7";
    private const string Wrong = "falsch-Esel-8";

    [Theory]
    [InlineData(true, "", true)]
    [InlineData(true, "?sslmode=require", true)]
    [InlineData(true, "?sslmode=disable", false)]
    [InlineData(false, "", false)]
    public async Task Connections_are_encrypted_where_the_server_offers_it(bool offered, string asked, bool encrypted)
    {
        using var server = Start(offered);
        var database = server.NewName();

        // The guest needs no password, so that this process can connect as it.
        await using var admin = NpgsqlDataSource.Create($"Host={server.Folder};Port={server.Port};Username=planet;Database={database}");
        Ask(admin, $"create role {PostgresServer.Guest} superuser login");
        using var store = GridStores.Open(
            $"postgres://{PostgresServer.Guest}@127.0.0.1:{server.Port}/{database}{asked}", TimeProvider.System);
        Assert.Equal(1, store.Add("G", [new NewCell("cell", "{}", 1, 1)]));
        Assert.Equal(
            encrypted,
            Ask(
                admin,
                $"select bool_and(ssl) from pg_stat_ssl join pg_stat_activity using (pid) where usename = '{PostgresServer.Guest}'"));
    }

    [Fact]
    public void A_server_without_TLS_is_refused_with_sslmode_require()
    {
        using var server = Start(tls: false);
        var address = $"postgres://planet@127.0.0.1:{server.Port}/{server.NewName()}?sslmode=require";
        var refusal = Assert.Throws<GridStoreException>(() => GridStores.Open(address, TimeProvider.System));
        Assert.Contains("SSL", refusal.Message);
    }

    [Fact]
    public async Task A_password_comes_from_the_environment_or_a_file_and_is_never_repeated()
    {
        using var folder = new TemporaryFolder();
        using var server = Start(tls: true);
        var address = $"postgres://planet@localhost:{server.Port}/{server.NewName()}";
        var file = WriteSecret(folder["right"], $"localhost:{server.Port}:*:planet:{Password}\n");
        var wrong = WriteSecret(folder["wrong"], $"*:*:*:*:{Wrong}\n");

        Task<(int Code, string Output, string Error)> Status(params (string, string)[] environment) =>
            PlanetProcess.Run(["status", "--verbose", "--store", address], environment);

        foreach (var given in new[] { ("PGPASSWORD", Password), ("PGPASSFILE", file) })
        {
            var (code, output, error) = await Status(given);
            Assert.True(code == ExitCode.Success, error);
            Assert.Equal("no runs\n", output);
            Assert.Empty(error);
        }

        foreach (var given in new[] { ("PGPASSWORD", Wrong), ("PGPASSFILE", wrong), ("PGPASSFILE", folder["none"]) })
        {
            var (code, output, error) = await Status(given);
            Assert.Equal((ExitCode.UnusableInput, ""), (code, output));
            Assert.Contains("the password is taken from PGPASSWORD or from the file that PGPASSFILE names", error.Split('\n')[0]);
            Assert.DoesNotContain(Wrong, error);
        }
    }

    [Fact]
    public async Task The_servers_certificate_is_checked_with_sslmode_verify_full()
    {
        using var server = Start(tls: true);
        var database = server.NewName();

        async Task<(int Code, string Error)> Status(string host, params (string, string)[] environment)
        {
            var (code, _, error) = await PlanetProcess.Run(
                ["status", "--store", $"postgres://planet@{host}:{server.Port}/{database}?sslmode=verify-full"],
                [("PGPASSWORD", Password), .. environment]);
            return (code, error);
        }

        Assert.Equal((ExitCode.Success, ""), await Status("localhost", ("PGSSLROOTCERT", server.Certificate)));

        // First it is signed by no trusted authority; then it is for another host name.
        foreach (var (code, error) in new[] { await Status("localhost"), await Status("127.0.0.1", ("PGSSLROOTCERT", server.Certificate)) })
        {
            Assert.Equal(ExitCode.UnusableInput, code);
            Assert.Contains("certificate", error);
            Assert.Contains("PGSSLROOTCERT", error);
        }
    }

    private static PostgresServer Start(bool tls)
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        return PostgresServer.Guarded(Password, tls);
    }

    private static object? Ask(NpgsqlDataSource source, string question)
    {
        using var command = source.CreateCommand(question);
        return command.ExecuteScalar();
    }

    private static string WriteSecret(string path, string text)
    {
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }
}
