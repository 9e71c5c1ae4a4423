using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Prism.Tests.Processes;

namespace Prism.Tests.Start;

/// <summary>What a process says at its start, and how it ends where it does not start.</summary>
[Collection(Lanes.Moments)]
public sealed class StartTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly string _logs =
        Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "logs", "start-" + Guid.NewGuid().ToString("N")[..8])).FullName;

    public void Dispose() => Directory.Delete(_logs, recursive: true);

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task A_start_says_nothing_but_what_matters_and_then_that_it_is_ready(string format)
    {
        await using var prism = PrismProcess.Start(
            "prism", _logs, new SiloLaunch(), [("LLM_LOG_FORMAT", format), ("LLM_DASHBOARD_ENABLED", "true"), ("OPENAI_API_KEY", "sk-not-read"), ("LLM_API_KEYS", "sk-for-the-test")]);
        await GreetedAsync(prism);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat") { Content = JsonContent.Create(new { messages = new[] { new { role = "user", content = "Hi" } } }) };
        request.Headers.Authorization = new("Bearer", "sk-for-the-test");

        using var answer = await prism.Http.SendAsync(request);
        using var ready = await prism.Http.GetAsync("/healthz/ready");
        // It starts the dashboard, too, before it ends.
        await prism.StopAsync();

        var lines = await prism.ReadLinesAsync();
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (answer.StatusCode, ready.StatusCode));
        Assert.DoesNotContain(lines, line => line.Contains("   at ", StringComparison.Ordinal) || line.Contains("Exception", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains(format == "text" ? " ERR " : "\"@l\":\"Error\"", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("grain service", StringComparison.Ordinal) || line.Contains("My range", StringComparison.Ordinal));
        // Of variables only, which the machine of the test may have too, and of stages that took long on a starved one.
        var warnings = lines
            .Where(line => line.Contains(format == "text" ? " WRN " : "\"@l\":\"Warning\"", StringComparison.Ordinal))
            .Where(line => !line.Contains(" in stage ", StringComparison.Ordinal))
            .ToList();
        Assert.All(warnings, line => Assert.Contains("is set, but Prism does not read it", line, StringComparison.Ordinal));
        var warning = Assert.Single(warnings, line => line.Contains("OPENAI_API_KEY is set", StringComparison.Ordinal));
        Assert.Contains("LLM_OPENAI_API_KEY", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-not-read", warning, StringComparison.Ordinal);
        if (format == "json")
        {
            AssertFields(JsonDocument.Parse(Assert.Single(lines, IsGreeting)).RootElement, prism);
        }
        else
        {
            Assert.Contains(lines, line => line.Contains("openai (LLM_OPENAI_API_KEY is not set)", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(0, "Usage:", "--help")]
    [InlineData(0, "prism ", "--version")]
    [InlineData(2, "prism: unknown option '--port'.", "--port", "8001")]
    public async Task What_is_no_start_is_answered_and_ends(int code, string text, params string[] arguments)
    {
        await using var prism = PrismProcess.Start("prism", _logs, new SiloLaunch { Arguments = arguments }, []);
        await prism.WaitForExitAsync(Deadline);

        Assert.Equal(code, prism.ExitCode);
        Assert.Contains(await prism.ReadLinesAsync(), line => line.StartsWith(text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Taken_ports_are_a_line_each_and_no_silo_starts()
    {
        using var one = Listen();
        using var other = Listen();
        await using var prism = PrismProcess.Start(
            "prism", _logs, new SiloLaunch(), [("LLM_PORT", $"{PortOf(one)}"), ("LLM_METRICS_ENABLED", "true"), ("LLM_METRICS_PORT", $"{PortOf(other)}")]);
        await prism.WaitForExitAsync(Deadline);

        Assert.Equal(1, prism.ExitCode);
        Assert.Equal(
            [
                $"prism: LLM_PORT (Prism:Port) is {PortOf(one)}, which another process uses.",
                $"prism: LLM_METRICS_PORT (Prism:Metrics:Port) is {PortOf(other)}, which another process uses.",
            ],
            await prism.ReadLinesAsync());
    }

    private static Task GreetedAsync(PrismProcess prism) => Until.TrueAsync("it says that it is ready", Deadline, async () =>
        prism.HasExited ? throw new InvalidOperationException($"It has ended with {prism.ExitCode}.") : (await prism.ReadLinesAsync()).Any(IsGreeting));

    private static bool IsGreeting(string line) => line.Contains("is ready at http://localhost:", StringComparison.Ordinal);

    private static void AssertFields(JsonElement line, PrismProcess prism)
    {
        Assert.Equal($"http://localhost:{prism.Http.BaseAddress!.Port}", line.GetProperty("Url").GetString());
        Assert.Equal("echo", line.GetProperty("DefaultProvider").GetString());
        Assert.Equal("echo", line.GetProperty("BareModelProvider").GetString());
        Assert.Equal(["ollama", "echo"], line.GetProperty("UsableProviders").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("LLM_ANTHROPIC_API_KEY is not set", line.GetProperty("UnusableProviders").GetProperty("anthropic").GetString());
        Assert.Equal(("keys", "memory"), (line.GetProperty("Access").GetString(), line.GetProperty("State").GetString()));
        Assert.NotEmpty(line.GetProperty("Version").GetString()!);
    }

    private static Socket Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}
