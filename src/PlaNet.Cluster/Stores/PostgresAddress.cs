using System.Globalization;
using Npgsql;

namespace PlaNet.Cluster.Stores;

/// <summary>The address of a PostgreSQL database. It never contains a password.</summary>
public sealed record PostgresAddress
{
    private static readonly string[] s_schemes = ["postgres", "postgresql"];

    // Parts of option names that suggest a password.
    private static readonly string[] s_passwordWords = ["pass", "pwd", "psw", "secret"];

    private static readonly Dictionary<string, SslMode> s_modes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["disable"] = SslMode.Disable,
        ["allow"] = SslMode.Allow,
        ["prefer"] = SslMode.Prefer,
        ["require"] = SslMode.Require,
        ["verify-ca"] = SslMode.VerifyCA,
        ["verify-full"] = SslMode.VerifyFull,
    };

    private PostgresAddress(string displayAddress, string connectionString)
    {
        DisplayAddress = displayAddress;
        ConnectionString = connectionString;
    }

    /// <summary>The address for messages.</summary>
    public string DisplayAddress { get; }

    /// <summary>The address as a connection string without a password; the driver reads the password itself.</summary>
    internal string ConnectionString { get; }

    /// <summary>Whether an address has the scheme <c>postgres</c> or <c>postgresql</c>.</summary>
    public static bool IsPostgres(string text) =>
        s_schemes.Any(scheme => text.StartsWith(scheme + "://", StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Parses <c>postgres://[user@]host[:port]/database[?sslmode=prefer&amp;host=FOLDER]</c>. The default port is 5432. <c>sslmode</c> is
    /// disable, allow, prefer, require, verify-ca or verify-full; the default, prefer, uses TLS if the server offers it. <c>host</c> is the
    /// folder of a Unix socket.
    /// </summary>
    /// <exception cref="GridStoreException">The address is invalid or contains a password.</exception>
    public static PostgresAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string Remedy = "Write postgres://user@host:5432/database";

        // Uri rejects an empty host, which means a Unix socket here.
        var withHost = text.Replace(":///", "://localhost/", StringComparison.Ordinal)
            .Replace("@/", "@localhost/", StringComparison.Ordinal);
        if (!IsPostgres(text) || !Uri.TryCreate(withHost, UriKind.Absolute, out var address))
        {
            throw new GridStoreException(
                $"The store's address is not a PostgreSQL address (not shown, because it may contain a password). {Remedy}.");
        }

        var user = address.UserInfo;
        var query = address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Select(pair => (Name: pair[0], Value: pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : ""))
            .ToList();

        // After a password with a slash, Uri takes the rest of the address, including the @, for the path.
        if (user.Contains(':', StringComparison.Ordinal)
            || address.AbsolutePath.Contains('@', StringComparison.Ordinal)
            || query.Exists(pair => s_passwordWords.Any(word => pair.Name.Contains(word, StringComparison.OrdinalIgnoreCase))))
        {
            throw new GridStoreException(
                "The store's address contains a password, which every user of this machine could see in the list of processes. " +
                "Remove it, and give it in PGPASSWORD or in the file that PGPASSFILE names.");
        }

        var database = Uri.UnescapeDataString(address.AbsolutePath.TrimStart('/'));
        if (database.Length == 0)
        {
            throw new GridStoreException($"The store's address with the host {address.Host} names no database. {Remedy}.");
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

            // A node that is frozen or cut off inside a transaction would keep its row locked, and no other node could claim the cell.
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
                    throw new GridStoreException(
                        $"The store's address has sslmode={value}, which is unknown. Write one of {string.Join(", ", s_modes.Keys)}.");
                default:
                    throw new GridStoreException(
                        $"The store's address has the option {name}, which is unknown. Only sslmode and host are allowed: remove {name}.");
            }
        }

        var port = builder.Port.ToString(CultureInfo.InvariantCulture);
        return new PostgresAddress($"postgres://{(user.Length > 0 ? user + "@" : "")}{builder.Host}:{port}/{database}", builder.ToString());
    }
}
