using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Prometheus;

namespace Prism.Tests.Metrics;

public sealed class MetricsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task The_page_is_on_both_ports(int listener)
    {
        await using var app = await StartAsync(SiloHost.Ports());
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(app.Addresses()[listener], "/metrics"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("\nprocess_cpu_seconds_total ", page, StringComparison.Ordinal);
        Assert.Contains("\nmicrosoft_aspnetcore_server_kestrel_kestrel_active_connections{", page, StringComparison.Ordinal);
        Assert.Contains("\nsystem_runtime_dotnet_gc_pause_time ", page, StringComparison.Ordinal);
        Assert.Contains("\nsystem_runtime_dotnet_thread_pool_queue_length ", page, StringComparison.Ordinal);
        Assert.DoesNotContain("system_runtime_dotnet_gc_collections", page, StringComparison.Ordinal);
        Assert.DoesNotContain("system_runtime_dotnet_process", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_Prism_counts_is_on_the_page()
    {
        await using var app = await StartAsync(SiloHost.Ports());
        app.Services.GetRequiredService<IMetricFactory>().CreateCounter("llm_test_total", "A test.").Inc(3);
        Assert.Contains("\nllm_test_total 3\n", await ScrapeAsync(app), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_hosts_count_for_themselves()
    {
        await using var first = await StartAsync(SiloHost.Ports());
        await using var second = await StartAsync(SiloHost.Ports());
        first.Services.GetRequiredService<IMetricFactory>().CreateCounter("llm_test_total", "A test.").Inc();

        Assert.Contains("llm_test_total", await ScrapeAsync(first), StringComparison.Ordinal);
        var page = await ScrapeAsync(second);
        Assert.DoesNotContain("llm_test_total", page, StringComparison.Ordinal);
        Assert.DoesNotContain($"server_port=\"{first.Addresses()[0].Port}\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain($"server_port=\"{first.Addresses()[1].Port}\"", page, StringComparison.Ordinal);
        Assert.Contains($"server_port=\"{second.Addresses()[0].Port}\"", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/v1/chat")]
    [InlineData("/metrics/more")]
    public async Task There_is_nothing_else_on_the_metrics_port(string path)
    {
        await using var app = await StartAsync(SiloHost.Ports());
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(app.Addresses()[0], path))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri(app.Addresses()[1], path))).StatusCode);
    }

    [Fact]
    public async Task A_Host_header_opens_nothing()
    {
        await using var app = await StartAsync(SiloHost.Ports());
        var (api, metrics) = (app.Addresses()[0], app.Addresses()[1]);
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync(metrics, api.Authority));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(api, metrics.Authority));

        static async Task<HttpStatusCode> GetAsync(Uri address, string host)
        {
            using var client = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/v1/chat"));
            request.Headers.Host = host;
            return (await client.SendAsync(request)).StatusCode;
        }
    }

    [Fact]
    public async Task One_port_for_both_is_one_listener()
    {
        var port = FindFreePort();
        await using var app = await StartAsync(SiloHost.Ports(("LLM_PORT", port), ("LLM_METRICS_PORT", port)));
        Assert.Single(app.Addresses());
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(app.Addresses()[0], "/v1/chat"))).StatusCode);
        Assert.Contains("process_cpu_seconds_total", await ScrapeAsync(app), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_metrics_there_is_neither_page_nor_listener()
    {
        await using var app = SiloHost.Build(SiloHost.Ports(("LLM_METRICS_ENABLED", "false")));
        await app.StartAsync();
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri(Assert.Single(app.Addresses()), "/metrics"))).StatusCode);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task What_the_framework_measures_of_each_request_is_there_where_it_is_asked_for(string isWanted)
    {
        await using var app = await StartAsync(SiloHost.Ports(("LLM_METRICS_HTTP", isWanted)));
        await ScrapeAsync(app);

        var page = await ScrapeAsync(app);

        Assert.Equal(isWanted == "true", page.Contains("microsoft_aspnetcore_hosting_http_server_request_duration_count{", StringComparison.Ordinal));
        Assert.Equal(isWanted == "true", page.Contains("microsoft_aspnetcore_routing_aspnetcore_routing_match_attempts{", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_combination_of_tags_is_a_series_of_its_own()
    {
        await using var app = await StartAsync(SiloHost.Ports());
        var meter = app.Services.GetRequiredService<IMeterFactory>().Create("Microsoft.Orleans");
        var counter = meter.CreateCounter<int>("test-calls");
        for (var i = 0; i < 3; i++)
        {
            counter.Add(1, new("grain", "a"), new("status", 1));
            counter.Add(1, new("status", 1), new("grain", "a"));
            counter.Add(1, new("grain", "a"), new("status", 2));
            counter.Add(1, new KeyValuePair<string, object?>("grain", null));
        }

        // More than are kept in mind.
        for (var i = 0; i < 200; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("number", i % 100));
        }

        var page = await ScrapeAsync(app);

        Assert.Contains("\nmicrosoft_orleans_test_calls{grain=\"a\",status=\"1\"} 6\n", page, StringComparison.Ordinal);
        Assert.Contains("\nmicrosoft_orleans_test_calls{grain=\"a\",status=\"2\"} 3\n", page, StringComparison.Ordinal);
        Assert.Contains("\nmicrosoft_orleans_test_calls{grain=\"\"} 3\n", page, StringComparison.Ordinal);
        Assert.Equal(100, page.Split('\n').Count(line => line.StartsWith("microsoft_orleans_test_calls{number=", StringComparison.Ordinal) && line.EndsWith(" 2", StringComparison.Ordinal)));
    }

    private static async Task<WebApplication> StartAsync(Dictionary<string, string> variables)
    {
        var app = SiloHost.Build(variables, map: app => app.MapGet("{*path}", () => "the API"));
        await app.StartAsync();
        return app;
    }

    private static async Task<string> ScrapeAsync(WebApplication app)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri(app.Addresses()[0], "/metrics"));
    }

    private static string FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
