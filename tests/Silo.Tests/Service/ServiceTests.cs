using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Prism.Grains.Interfaces.Chat;
using Prism.Silo.Configuration;
using Prism.Tests.Logging;

namespace Prism.Tests.Service;

/// <summary>The service as its users and operators see it.</summary>
public sealed class ServiceTests
{
    private const string Secret = "sk-canary-0123456789";
    private const string Prompt = "a-prompt-that-nobody-else-may-read";

    [Fact]
    public async Task It_serves_the_reference_answer_of_echo()
    {
        await using var prism = await PrismService.StartAsync();

        using var response = await prism.PostAsync("/v1/chat?provider=echo", """{"messages":[{"role":"user","content":"What is 2+2?"}],"temperature":0.7}""");

        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("What is 2+2?", answer.GetProperty("content").GetString());
        Assert.Equal("echo-v1", answer.GetProperty("model").GetString());
        Assert.Equal(["id", "model", "content", "role", "finish_reason", "usage"], answer.EnumerateObject().Select(property => property.Name));
        Assert.Equal("echo", response.Headers.GetValues("x-prism-provider").Single());
    }

    [Fact]
    public async Task It_says_how_it_is()
    {
        await using var prism = await PrismService.StartAsync(("LLM_OPENAI_API_KEY", Secret));

        var health = await prism.Http.GetFromJsonAsync<JsonElement>("/health");

        Assert.Equal("healthy", health.GetProperty("status").GetString());
        Assert.Equal("active", health.GetProperty("cluster").GetProperty("silos").EnumerateArray().Single().GetProperty("status").GetString());
        Assert.Equal(["openai", "anthropic", "ollama", "echo"], health.GetProperty("providers").EnumerateArray().Select(provider => provider.GetProperty("name").GetString()));
        Assert.DoesNotContain(Secret, health.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await prism.Http.GetAsync("/healthz")).StatusCode);
        var providers = await prism.Http.GetFromJsonAsync<JsonElement>("/providers");
        Assert.Equal("""{"providers":["openai","ollama","echo"],"default":"echo"}""", providers.GetRawText());
    }

    [Fact]
    public async Task A_template_makes_the_prompt()
    {
        await using var prism = await PrismService.StartAsync();

        using var rendered = await prism.PostAsync("/v1/templates/summarize/render", """{"variables":{"text":"Some text."}}""");
        var prompt = (await rendered.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("prompt").GetString();
        using var chat = await prism.PostAsync("/v1/chat", """{"template":"summarize","variables":{"text":"Some text."}}""");
        var echoed = (await chat.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("content").GetString();
        using var missing = await prism.PostAsync("/v1/chat", """{"template":"summarize","variables":{}}""");
        var error = (await missing.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");

        Assert.Contains("Some text.", prompt, StringComparison.Ordinal);
        Assert.Equal(prompt, echoed);
        Assert.Equal(HttpStatusCode.BadRequest, missing.StatusCode);
        Assert.Equal("variables.text", error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task Both_ports_have_the_metrics_and_only_bounded_labels()
    {
        await using var prism = await PrismService.StartAsync(("LLM_OPENAI_API_KEY", Secret), ("LLM_OPENAI_BASE_URL", "http://127.0.0.1:1/v1"), ("LLM_MAX_RETRIES", "0"));
        using var echoed = await prism.PostAsync("/v1/chat", """{"messages":[{"role":"user","content":"Hello Prism"}]}""");
        using var failed = await prism.PostAsync("/v1/chat?provider=openai", """{"model":"made-up","messages":[{"role":"user","content":"Hi"}]}""");

        var page = await prism.Http.GetStringAsync("/metrics");
        var other = await prism.Http.GetStringAsync(new Uri(prism.MetricsUrl, "/metrics"));

        Assert.Contains("""llm_requests_total{provider="echo",model="echo-v1",status="success"} 1""", page, StringComparison.Ordinal);
        Assert.Contains("""llm_tokens_total{provider="echo",model="echo-v1",type="prompt"} 2""", page, StringComparison.Ordinal);
        Assert.Contains("""llm_tokens_total{provider="echo",model="echo-v1",type="completion"} 2""", page, StringComparison.Ordinal);
        Assert.Contains("""llm_request_duration_seconds_count{provider="echo",model="echo-v1"} 1""", page, StringComparison.Ordinal);
        Assert.Contains("""llm_requests_total{provider="openai",model="other",status="upstream_error"} 1""", page, StringComparison.Ordinal);
        Assert.Contains("""llm_upstream_errors_total{provider="openai",kind="unreachable"} 1""", page, StringComparison.Ordinal);
        Assert.DoesNotContain("made-up", page, StringComparison.Ordinal);
        Assert.Contains("llm_requests_total", other, StringComparison.Ordinal);
        Assert.Contains("microsoft_orleans", page, StringComparison.Ordinal);
        Assert.Contains("kestrel", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_is_one_log_line_without_what_was_said()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync($$$"""{"error":{"message":"Wrong key {{{Secret}}}"}}""", 400));
        await using var prism = await PrismService.StartAsync(("LLM_OPENAI_API_KEY", Secret), ("LLM_OPENAI_BASE_URL", upstream.Url));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat")
        {
            Content = JsonContent.Create(new { messages = new[] { new { role = "user", content = Prompt } } }),
            Headers = { { "x-request-id", "my-request-1" }, { "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } },
        };

        using var response = await prism.Http.SendAsync(request);
        using var refused = await prism.PostAsync("/v1/chat?provider=openai", $$$"""{"messages":[{"role":"user","content":"{{{Prompt}}}"}]}""");
        var refusal = await refused.Content.ReadAsStringAsync();
        var log = await prism.StopAsync();

        Assert.Equal("my-request-1", response.Headers.GetValues("x-request-id").Single());
        var line = JsonDocument.Parse(log.Split('\n').Single(one => one.Contains("my-request-1", StringComparison.Ordinal))).RootElement;
        Assert.Equal(("echo", "echo-v1"), (line.GetProperty("Provider").GetString(), line.GetProperty("Model").GetString()));
        Assert.Equal((200, 1, 1), (line.GetProperty("StatusCode").GetInt32(), line.GetProperty("PromptTokens").GetInt32(), line.GetProperty("CompletionTokens").GetInt32()));
        Assert.Equal(0, line.GetProperty("CostUsd").GetDecimal());
        Assert.True(line.GetProperty("ElapsedMs").GetDouble() > 0);
        Assert.Equal(32, line.GetProperty("@tr").GetString()!.Length);
        Assert.DoesNotContain(Prompt, log, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, log, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_call_upstream()
    {
        var left = new TaskCompletionSource();
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await call.StartStreamAsync();
            await call.WriteAsync(Vendor.OpenAi.TextStream[0]);
            await call.HangAsync();
            left.SetResult();
        });
        await using var prism = await PrismService.StartAsync(("LLM_OPENAI_API_KEY", Secret), ("LLM_OPENAI_BASE_URL", upstream.Url));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions?provider=openai")
        {
            Content = JsonContent.Create(new { stream = true, messages = new[] { new { role = "user", content = "Hi" } } }),
        };
        using (var response = await prism.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            Assert.StartsWith("data: ", await reader.ReadLineAsync(), StringComparison.Ordinal);
        }

        await left.Task.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task An_Orleans_client_completes_and_streams_over_the_gateway_port()
    {
        await using var prism = await PrismService.StartAsync();
        using var host = new HostBuilder()
            .UseOrleansClient(client => client
                .UseLocalhostClustering(prism.GatewayPort, serviceId: "prism", clusterId: "prism")
                .Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(15)))
            .ConfigureServices(services => services.AddSingleton<IChatService, ChatGrainClient>())
            .Build();
        await host.StartAsync();
        var chat = host.Services.GetRequiredService<IChatService>();
        var request = new ChatRequest { Messages = [ChatMessage.Create(ChatRoles.User, "Hello from inside")] };

        var outcome = await chat.CompleteAsync(request, CancellationToken.None);
        var pieces = new List<ChatStreamEvent>();
        await foreach (var piece in chat.StreamAsync(request, CancellationToken.None))
        {
            pieces.Add(piece);
        }

        Assert.Equal("Hello from inside", outcome.Response!.Choices[0].Message!.Content);
        Assert.Equal("echo", pieces[0].Started!.Provider);
        Assert.Equal("Hello from inside", string.Concat(pieces.Select(piece => piece.Chunk?.Choices[0].Delta.Content)));
        Assert.Equal(3, pieces[^1].Completed!.CompletionTokens);
        await host.StopAsync();
    }

    [Theory]
    [InlineData("true", HttpStatusCode.OK)]
    [InlineData("false", HttpStatusCode.NotFound)]
    public async Task The_dashboard_is_there_unless_it_is_turned_off(string enabled, HttpStatusCode expected)
    {
        await using var prism = await PrismService.StartAsync(("LLM_DASHBOARD_ENABLED", enabled));

        using var response = await prism.Http.GetAsync("/dashboard/");
        using var trace = await prism.Http.GetAsync("/dashboard/trace");

        Assert.Equal(expected, response.StatusCode);
        Assert.False(trace.IsSuccessStatusCode, "The live log is open.");
    }

    [Fact]
    public async Task A_second_silo_does_not_share_the_first_ones_ports()
    {
        await using var first = await PrismService.StartAsync();
        using var error = new StringWriter();
        using var log = new LogText();
        var variables = SiloHost.Ports(("LLM_SILO_PORT", $"{first.SiloPort}"), ("LLM_SILO_GATEWAY_PORT", $"{first.GatewayPort}"));

        var exitCode = await StartupFailure.RunAsync(() => Program.Build([], variables, log), error);

        Assert.Equal(1, exitCode);
        Assert.Contains($"{first.SiloPort}", error.ToString(), StringComparison.Ordinal);
    }
}
