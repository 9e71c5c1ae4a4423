using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Prism.Gateway;
using Prism.Gateway.Auth;
using Prism.Gateway.Health;
using Prism.Gateway.Logging;
using Prism.Grains.Interfaces.Keys;
using Prism.Pipeline;
using Prism.Providers;

namespace Prism.Tests.Logging;

public sealed class RequestLoggingTests
{
    [Fact]
    public async Task A_request_is_one_line()
    {
        var line = await LogAsync("/v1/chat?provider=echo", context =>
        {
            context.TraceIdentifier = "req-1";
            context.GetLog().Model = "echo-v1";
            return context.Response.WriteAsync("answer");
        }, "info");

        Assert.Equal("Information", LogLines.Level(line));
        Assert.Equal("POST", line.GetProperty("Method").GetString());
        Assert.Equal("/v1/chat?provider=echo", line.GetProperty("Path").GetString());
        Assert.Equal(200, line.GetProperty("StatusCode").GetInt32());
        Assert.Equal("req-1", line.GetProperty("RequestId").GetString());
        Assert.Equal("echo-v1", line.GetProperty("Model").GetString());
        Assert.True(line.GetProperty("ElapsedMs").GetDouble() > 0);
        Assert.StartsWith("POST /v1/chat?provider=echo 200 in ", line.GetProperty("@m").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_requests_message_has_what_is_known_and_nothing_else()
    {
        var line = await LogAsync("/v1/chat", context =>
        {
            context.TraceIdentifier = "req-1";
            var log = context.GetLog();
            (log.Caller, log.Provider, log.Model) = ("key_1", "openai", "gpt-4o");
            (log.FirstTokenMs, log.PromptTokens, log.CompletionTokens, log.CostUsd) = (12.34, 9, 2, 0.00000255m);
            (log.Cache, log.Attempts, log.Error) = ("miss", 2, null);
            return Task.CompletedTask;
        });

        var message = line.GetProperty("@m").GetString()!;
        Assert.EndsWith(
            " ms, first token after 12.3 ms, caller key_1, provider openai, model gpt-4o, 9 prompt tokens, 2 answer tokens, USD 0.00000255, cache miss, attempts 2, req-1",
            message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_fact_is_a_property_and_a_cost_that_is_not_known_is_null()
    {
        var line = await LogAsync("/v1/chat", context =>
        {
            var log = context.GetLog();
            (log.Caller, log.Provider, log.Model, log.Cache, log.Run, log.Error) = ("key_1", "openai", "a \"b\" \\ c\n\u001b\u202e\u00fc\ud83d\ude00", "miss", "run_1", "rate_limited");
            (log.FirstTokenMs, log.PromptTokens, log.CompletionTokens, log.Attempts) = (12.34, 9, 2, 2);
            return Task.CompletedTask;
        });

        Assert.Equal("a \"b\" \\ c\n\u001b\u202e\u00fc\ud83d\ude00", line.GetProperty("Model").GetString());
        Assert.Contains(", model a \"b\" \\ c\n\u001b\u202e\u00fc\ud83d\ude00, ", line.GetProperty("@m").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            ("key_1", "openai", "miss", "run_1", "rate_limited"),
            (Text("Caller"), Text("Provider"), Text("Cache"), Text("Run"), Text("Error")));
        Assert.Equal((9, 2, 2), (line.GetProperty("PromptTokens").GetInt32(), line.GetProperty("CompletionTokens").GetInt32(), line.GetProperty("Attempts").GetInt32()));
        Assert.Equal(12.34, line.GetProperty("FirstTokenMs").GetDouble());
        Assert.Equal(JsonValueKind.Null, line.GetProperty("CostUsd").ValueKind);
        Assert.Equal("Prism.Silo.Logging.RequestLogMiddleware", Text("SourceContext"));
        Assert.Matches("^[0-9a-f]{8}$", Text("@i"));

        string? Text(string name) => line.GetProperty(name).GetString();
    }

    [Fact]
    public async Task In_a_terminal_it_is_a_line_for_people()
    {
        using var lines = new LogLines();
        await RunAsync("/v1/chat", lines, context =>
        {
            context.TraceIdentifier = "req-1";
            context.GetLog().Model = "a\r\nforged\u001b[31m";
            return Task.CompletedTask;
        }, settings: [("LLM_LOG_FORMAT", "text")]);

        Assert.Matches(
            @"(?m)^\d\d:\d\d:\d\d\.\d{3} INF POST /v1/chat 200 in \d+\.\d ms, model a\\u000d\\u000aforged\\u001b\[31m, req-1\r?$", lines.Text);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("text")]
    public async Task A_configured_key_is_not_in_the_line_of_a_request(string format)
    {
        using var lines = new LogLines();
        await RunAsync("/v1/sk-secret-1234", lines, context =>
        {
            context.GetLog().Model = "the model sk-secret-1234";
            return Task.CompletedTask;
        }, settings: [("LLM_LOG_FORMAT", format), ("LLM_OPENAI_API_KEY", "sk-secret-1234")]);

        Assert.Contains("POST /v1/*** 200", lines.Text, StringComparison.Ordinal);
        Assert.Contains("the model ***", lines.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-secret-1234", lines.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("info")]
    [InlineData("trace")]
    public async Task Nothing_of_what_is_said_is_logged_at_any_level(string level)
    {
        using var lines = new LogLines();
        await RunAsync("/v1/chat?token=hidden", lines, context => context.Response.WriteAsync("a hidden answer"), level);
        Assert.Single(lines.Requests);
        Assert.DoesNotContain("hidden", lines.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/chat", 200, "Information")]
    [InlineData("/v1/chat", 404, "Information")]
    [InlineData("/v1/chat", 429, "Information")]
    [InlineData("/v1/chat", 502, "Error")]
    [InlineData("/health", 200, "Information")]
    [InlineData("/healthz", 200, "Debug")]
    [InlineData("/healthz/ready", 200, "Debug")]
    [InlineData("/healthz/ready", 503, "Warning")]
    public async Task The_level_follows_the_status(string path, int status, string level)
    {
        var line = await LogAsync(path, context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        Assert.Equal((level, status), (LogLines.Level(line), line.GetProperty("StatusCode").GetInt32()));
    }

    [Fact]
    public async Task A_scrape_is_no_news()
    {
        using var lines = new LogLines();
        await using (var app = SiloHost.Build(SiloHost.Ports(), log: lines.Writer))
        {
            await app.StartAsync(CancellationToken.None);
            using var client = new HttpClient();
            await client.GetStringAsync(new Uri(app.Addresses()[1], "/metrics"));
            await app.StopAsync(CancellationToken.None);
        }

        Assert.Empty(lines.Requests);
        Assert.NotEmpty(lines.All);
    }

    [Fact]
    public async Task A_path_stays_on_its_line()
    {
        var line = await LogAsync("/a%0Ab?provider=x%0Ay", _ => Task.CompletedTask);
        Assert.Equal("/a%0Ab?provider=x%0Ay", line.GetProperty("Path").GetString());
    }

    [Fact]
    public async Task An_exception_is_logged_once()
    {
        using var lines = new LogLines();
        await RunAsync("/v1/chat", lines, _ => throw new InvalidOperationException("bug"));

        var line = Assert.Single(lines.All, line => line.TryGetProperty("@x", out _));
        Assert.Contains("InvalidOperationException: bug", line.GetProperty("@x").GetString(), StringComparison.Ordinal);
        var request = Assert.Single(lines.Requests);
        Assert.Equal(("Error", 500), (LogLines.Level(request), request.GetProperty("StatusCode").GetInt32()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_left_is_499(bool streaming)
    {
        using var lines = new LogLines();
        var arrived = new TaskCompletionSource();
        using var leaving = new CancellationTokenSource();
        var request = RunAsync("/v1/chat", lines, async context =>
        {
            if (streaming)
            {
                await context.Response.WriteAsync("data: 1\n\n");
                await context.Response.Body.FlushAsync();
            }

            arrived.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(context.RequestAborted);
        }, leave: leaving.Token);
        await arrived.Task;
        await leaving.CancelAsync();
        await request;

        var line = Assert.Single(lines.Requests);
        Assert.Equal(("Information", 499), (LogLines.Level(line), line.GetProperty("StatusCode").GetInt32()));
        Assert.DoesNotContain(lines.All, line => LogLines.Level(line) != "Debug" && line.TryGetProperty("@x", out _));
    }

    [Fact]
    public async Task An_output_that_is_blocked_stops_no_request_and_loses_no_line()
    {
        await using var output = new BlockedOutput();
        await using (var app = SiloHost.Build(SiloHost.Ports(), log: output, map: app => app.MapGet("/{number}", (string number) =>
        {
            app.Logger.LogError("Number {Number}", number);
            return number;
        })))
        {
            await app.StartAsync();
            using var client = new HttpClient { BaseAddress = app.Addresses()[0], Timeout = Patience.Limit };
            Assert.Equal("0", await client.GetStringAsync("/0"));
            await output.Blocked.WaitAsync(Patience.Limit);
            for (var i = 1; i < 50; i++)
            {
                Assert.Equal($"{i}", await client.GetStringAsync($"/{i}"));
            }

            output.Open();
            await app.StopAsync();
        }

        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"/{i}"), lines.Where(line => line.TryGetProperty("ElapsedMs", out _)).Select(line => line.GetProperty("Path").GetString()));
        Assert.Equal(50, lines.Count(line => line.TryGetProperty("Number", out _)));
    }

    private static async Task<JsonElement> LogAsync(string path, RequestDelegate answer, string level = "debug")
    {
        using var lines = new LogLines();
        await RunAsync(path, lines, answer, level);
        return Assert.Single(lines.Requests);
    }

    // Ends when the host has: by then every line is written.
    private static async Task RunAsync(
        string path,
        LogLines lines,
        RequestDelegate answer,
        string level = "debug",
        CancellationToken leave = default,
        params (string Name, string Value)[] settings)
    {
        await using var app = SiloHost.Build(SiloHost.Ports([("LLM_LOG_LEVEL", level), .. settings]), log: lines.Writer, map: app =>
        {
            app.UsePrismGateway();
            app.MapFallback("{*path}", answer).For(Access.Open);
            app.Map("/healthz/{**path}", answer).For(Access.Open).ForProbes();
        }, configure: services => services.AddSingleton<IApiKeys, NoKeys>().AddPrismProviders().AddPrismSnapshots().AddPrismGateway());
        await app.StartAsync(CancellationToken.None);
        using (var client = new HttpClient())
        {
            try
            {
                using var content = new StringContent("a hidden prompt");
                await client.PostAsync(new Uri(app.Addresses()[0], path), content, leave);
            }
            catch (OperationCanceledException) when (leave.IsCancellationRequested)
            {
            }
        }

        await app.StopAsync(CancellationToken.None);
    }

    private sealed class NoKeys : IApiKeys
    {
        public ValueTask<ApiKeyFinding> FindAsync(ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken) => default;
    }
}
