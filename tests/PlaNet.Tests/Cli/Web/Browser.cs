using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;

namespace PlaNet.Tests.Cli.Web;

/// <summary>A headless Chromium. Tests wait for what the page shows, never for a time.</summary>
internal sealed class Browser : IDisposable
{
    // Reached only when something does not happen at all, also on a busy machine.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private static readonly string? s_chromium = InPath("chromium", "chromium-browser", "google-chrome");
    private static readonly string? s_driver = InPath("chromedriver");

    private readonly ChromeDriver _driver;

    public Browser(params string[] arguments)
    {
        Assert.SkipUnless(
            s_chromium is not null && s_driver is not null,
            "Chromium or its driver is missing: apt-get install chromium chromium-driver, to test the page in a browser");
        var options = new ChromeOptions { BinaryLocation = s_chromium };
        options.AddArguments(
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage",
            "--window-size=1366,768");
        options.AddArguments(arguments);
        options.SetLoggingPreference(LogType.Browser, LogLevel.Warning);
        var service = ChromeDriverService.CreateDefaultService(Path.GetDirectoryName(s_driver), Path.GetFileName(s_driver));
        service.SuppressInitialDiagnosticInformation = true;
        _driver = new ChromeDriver(service, options, s_patience);
    }

    /// <summary>Text of the title.</summary>
    public string Title => _driver.Title;

    /// <summary>Opens an address.</summary>
    public void Open(Uri address) => _driver.Navigate().GoToUrl(address);

    /// <summary>Presses keys where the focus is.</summary>
    public void Press(string keys) => _driver.SwitchTo().ActiveElement().SendKeys(keys);

    /// <summary>The value of a JavaScript expression.</summary>
    public T Value<T>(string expression) => (T)_driver.ExecuteScript($"return {expression};")!;

    /// <summary>The numbers of a JavaScript expression, which is a list.</summary>
    public double[] Numbers(string expression) =>
        [.. Value<IReadOnlyCollection<object>>($"({expression}).map(String)").Select(value => double.Parse((string)value))];

    /// <summary>The texts of a JavaScript expression, which is a list.</summary>
    public string[] Texts(string expression) => [.. Value<IReadOnlyCollection<object>>(expression).Cast<string>()];

    /// <summary>Text of the first element that a selector finds; empty if there is none.</summary>
    public string Text(string selector) => Value<string>($"document.querySelector({Quote(selector)})?.innerText ?? ''");

    /// <summary>Clicks on the first element that a selector finds, when it is there.</summary>
    public async Task Click(string selector)
    {
        await Until($"document.querySelector({Quote(selector)}) !== null");
        _driver.ExecuteScript($"document.querySelector({Quote(selector)}).click();");
    }

    /// <summary>Waits until a JavaScript expression is true.</summary>
    public async Task Until(string expression)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (_driver.ExecuteScript($"return Boolean({expression});") is not true)
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(start) < s_patience,
                $"the page does not come to {expression}; it shows: {Text("body")}; its console: {string.Join('\n', Problems())}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Prefers a colour scheme, light or dark.</summary>
    public void Prefer(string scheme) => _driver.ExecuteCdpCommand(
        "Emulation.setEmulatedMedia",
        new Dictionary<string, object?>
        {
            ["features"] = new[] { new Dictionary<string, object> { ["name"] = "prefers-color-scheme", ["value"] = scheme } },
        });

    /// <summary>Warnings and errors of the page since the last call, violations of its Content-Security-Policy included.</summary>
    public string[] Problems() => [.. _driver.Manage().Logs.GetLog(LogType.Browser).Select(entry => entry.Message)];

    /// <summary>Waits until the page's console has a warning or an error with a text.</summary>
    public async Task Complains(string part)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!Problems().Any(problem => problem.Contains(part, StringComparison.Ordinal)))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < s_patience, $"the console has no {part}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose() => _driver.Quit();

    private static string Quote(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private static string? InPath(params string[] names) => names
        .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);
}
