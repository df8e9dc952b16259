using System.Globalization;
using Npgsql;

namespace PlaNet.Cluster.Stores;

/// <summary>The address of a PostgreSQL database, which never holds a password.</summary>
public sealed record PostgresAddress
{
    private static readonly string[] s_schemes = ["postgres", "postgresql"];

    // Whatever somebody may call a password in an address.
    private static readonly string[] s_passwords = ["pass", "pwd", "psw", "secret"];

    private static readonly Dictionary<string, SslMode> s_modes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["disable"] = SslMode.Disable,
        ["allow"] = SslMode.Allow,
        ["prefer"] = SslMode.Prefer,
        ["require"] = SslMode.Require,
        ["verify-ca"] = SslMode.VerifyCA,
        ["verify-full"] = SslMode.VerifyFull,
    };

    private PostgresAddress(string shown, string connectionString)
    {
        Shown = shown;
        ConnectionString = connectionString;
    }

    /// <summary>The address as it may be shown.</summary>
    public string Shown { get; }

    /// <summary>The same for the driver, which finds the password itself.</summary>
    internal string ConnectionString { get; }

    /// <summary>Whether a text means a database at all.</summary>
    /// <param name="text">What was given.</param>
    public static bool IsOne(string text) => s_schemes.Any(scheme => text.StartsWith(scheme + "://", StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Reads <c>postgres://[user@]host[:port]/database[?sslmode=prefer&amp;host=FOLDER]</c>. TLS is used where the server offers it;
    /// <c>sslmode</c> (disable, allow, prefer, require, verify-ca, verify-full) asks for more or less, <c>host</c> names the folder of a Unix socket.
    /// </summary>
    /// <param name="text">The address.</param>
    /// <exception cref="GridStoreException">It is not an address, or holds a password.</exception>
    public static PostgresAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string Form = "write postgres://user@host:5432/database";

        // An empty host, which means a Unix socket, is none to the class that reads addresses.
        var named = text.Replace(":///", "://localhost/", StringComparison.Ordinal).Replace("@/", "@localhost/", StringComparison.Ordinal);
        if (!IsOne(text) || !Uri.TryCreate(named, UriKind.Absolute, out var address))
        {
            throw new GridStoreException($"The store's address cannot be read: {Form}.");
        }

        var user = address.UserInfo;
        var query = address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Select(pair => (Name: pair[0], Value: pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : ""))
            .ToList();

        // A password with a slash makes what comes before it a host and a port, and the rest a database.
        if (user.Contains(':', StringComparison.Ordinal)
            || address.AbsolutePath.Contains('@', StringComparison.Ordinal)
            || query.Exists(pair => s_passwords.Any(word => pair.Name.Contains(word, StringComparison.OrdinalIgnoreCase))))
        {
            throw new GridStoreException(
                "The store's address holds a password, which everybody on this machine could see: take it out and give it in PGPASSWORD, or in the file that PGPASSFILE names.");
        }

        var database = Uri.UnescapeDataString(address.AbsolutePath.TrimStart('/'));
        if (database.Length == 0)
        {
            throw new GridStoreException($"The store's address names no database: {Form}.");
        }

        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = address.IdnHost,
            Port = address.Port > 0 ? address.Port : 5432,
            Database = database,
            SslMode = SslMode.Prefer,
            ApplicationName = "planet",
            Timeout = 5,
            CommandTimeout = 10,
            CancellationTimeout = 1000,
            KeepAlive = 5,
            MaxPoolSize = 16,

            // A node that is frozen or cut off inside a transaction would hold its run's row, and nobody could take the run over.
            Options = "-c idle_in_transaction_session_timeout=20000",
            MaxAutoPrepare = 32,
            AutoPrepareMinUsages = 2,
        };
        if (user.Length > 0)
        {
            builder.Username = Uri.UnescapeDataString(user);
        }

        foreach (var (name, value) in query)
        {
            switch (name)
            {
                case "host":
                    builder.Host = value;
                    break;
                case "sslmode" when s_modes.TryGetValue(value, out var mode):
                    builder.SslMode = mode;
                    break;
                case "sslmode":
                    throw new GridStoreException($"The store's address has sslmode={value}, which is unknown: write one of {string.Join(", ", s_modes.Keys)}.");
                default:
                    throw new GridStoreException($"The store's address has the option {name}, which is unknown: sslmode and host are known.");
            }
        }

        var port = builder.Port.ToString(CultureInfo.InvariantCulture);
        return new PostgresAddress($"postgres://{(user.Length > 0 ? user + "@" : "")}{builder.Host}:{port}/{database}", builder.ToString());
    }
}
