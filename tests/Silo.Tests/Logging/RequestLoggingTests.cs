using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Prism.Gateway;
using Prism.Gateway.Auth;
using Prism.Gateway.Health;
using Prism.Grains.Interfaces.Keys;
using Serilog;

namespace Prism.Tests.Logging;

public sealed class RequestLoggingTests
{
    [Fact]
    public async Task A_request_is_one_line()
    {
        var line = await LogAsync("/v1/chat?provider=echo", context =>
        {
            context.TraceIdentifier = "req-1";
            context.RequestServices.GetRequiredService<IDiagnosticContext>().Set("Model", "echo-v1");
            return context.Response.WriteAsync("answer");
        }, "info");

        Assert.Equal("Information", LogLines.Level(line));
        Assert.Equal("POST", line.GetProperty("Method").GetString());
        Assert.Equal("/v1/chat?provider=echo", line.GetProperty("Path").GetString());
        Assert.Equal(200, line.GetProperty("StatusCode").GetInt32());
        Assert.Equal("req-1", line.GetProperty("RequestId").GetString());
        Assert.Equal("echo-v1", line.GetProperty("Model").GetString());
        Assert.True(line.GetProperty("ElapsedMs").GetDouble() > 0);
        Assert.Equal(32, line.GetProperty("@tr").GetString()!.Length);
        Assert.Equal(16, line.GetProperty("@sp").GetString()!.Length);
        Assert.StartsWith("POST /v1/chat?provider=echo 200 in ", line.GetProperty("@m").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_requests_message_has_what_is_known_and_nothing_else()
    {
        var line = await LogAsync("/v1/chat", context =>
        {
            context.TraceIdentifier = "req-1";
            var log = context.RequestServices.GetRequiredService<IDiagnosticContext>();
            foreach (var (name, value) in new (string, object?)[]
                     {
                         ("Caller", "key_1"), ("Provider", "openai"), ("Model", "gpt-4o"), ("FirstTokenMs", 12.34), ("PromptTokens", 9),
                         ("CompletionTokens", 2), ("CostUsd", 0.00000255m), ("Cache", "miss"), ("Attempts", 2), ("Error", null),
                     })
            {
                log.Set(name, value);
            }

            return Task.CompletedTask;
        });

        var message = line.GetProperty("@m").GetString()!;
        Assert.EndsWith(
            " ms, first token after 12.3 ms, caller key_1, provider openai, model gpt-4o, 9 prompt tokens, 2 answer tokens, USD 0.00000255, cache miss, attempts 2, req-1",
            message,
            StringComparison.Ordinal);
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

    private static async Task<JsonElement> LogAsync(string path, RequestDelegate answer, string level = "debug")
    {
        using var lines = new LogLines();
        await RunAsync(path, lines, answer, level);
        return Assert.Single(lines.Requests);
    }

    // Ends when the host has: by then every line is written.
    private static async Task RunAsync(
        string path, LogLines lines, RequestDelegate answer, string level = "debug", CancellationToken leave = default)
    {
        await using var app = SiloHost.Build(SiloHost.Ports(("LLM_LOG_LEVEL", level)), log: lines.Writer, map: app =>
        {
            app.UsePrismGateway();
            app.MapFallback("{*path}", answer).For(Access.Open);
            app.Map("/healthz/{**path}", answer).For(Access.Open).ForProbes();
        }, configure: services => services.AddSingleton<IApiKeys, NoKeys>().AddPrismGateway());
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
