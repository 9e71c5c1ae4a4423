using System.Net;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Usage;

namespace Prism.Tests.Usage;

/// <summary><c>GET /admin/usage</c>. It is the 2nd of February 2026.</summary>
public sealed class UsageTests : GatewayTest
{
    private static readonly DateOnly January = new(2026, 1, 1);
    private static readonly DateOnly February = new(2026, 2, 1);

    [Fact]
    public async Task Usage_is_summed_up_by_what_is_asked_for()
    {
        Script();

        using var response = await Host.Client.GetAsync("/admin/usage?from=2026-01-30&to=2026-02-02&group_by=key,model");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Golden.EqualAsync("usage.json", response);
    }

    [Theory]
    [InlineData("", "2026-02-01", "2026-02-02", 2)]
    [InlineData("?from=2026-01-31", "2026-01-31", "2026-02-02", 4)]
    [InlineData("?to=2026-01-30", "2026-01-01", "2026-01-30", 1)]
    [InlineData("?from=2026-02-02&to=2026-02-02", "2026-02-02", "2026-02-02", 0)]
    public async Task Without_groups_there_is_the_total_of_the_days(string query, string from, string to, int requests)
    {
        Script();

        using var usage = JsonDocument.Parse(await Host.Client.GetStringAsync("/admin/usage" + query));

        Assert.Equal((from, to), (usage.RootElement.GetProperty("from").GetString(), usage.RootElement.GetProperty("to").GetString()));
        Assert.Equal(0, usage.RootElement.GetProperty("data").GetArrayLength());
        Assert.Equal(requests, usage.RootElement.GetProperty("total").GetProperty("requests").GetInt32());
    }

    [Theory]
    [InlineData("day", """["2026-01-30","2026-01-31","2026-02-01"]""")]
    [InlineData("provider", """["openai","vllm"]""")]
    [InlineData("key", """["a","b"]""")]
    public async Task Rows_are_in_order(string group, string rows)
    {
        Script();

        using var usage = JsonDocument.Parse(await Host.Client.GetStringAsync($"/admin/usage?from=2026-01-01&group_by={group}"));

        var named = usage.RootElement.GetProperty("data").EnumerateArray().Select(row => row.GetProperty(group).GetString());
        Assert.Equal(rows, JsonSerializer.Serialize(named));
    }

    [Theory]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=2026-02-30", "to")]
    [InlineData("to=2026-02-01&to=2026-02-02", "to")]
    [InlineData("from=2026-02-03", "from")]
    [InlineData("from=2025-01-01&to=2026-01-02", "from")]
    [InlineData("group_by=colour", "group_by")]
    [InlineData("group_by=day,day", "group_by")]
    [InlineData("group_by=day&limit=0", "limit")]
    [InlineData("group_by=day&after=nothing", "after")]
    public async Task What_is_wrong_is_said_with_the_field(string query, string field)
    {
        using var response = await Host.Client.GetAsync("/admin/usage?" + query);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(field, error.RootElement.GetProperty("error").GetProperty("param").GetString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public async Task Rows_come_page_by_page_with_the_total_of_all(int limit)
    {
        Script();
        const string Query = "/admin/usage?from=2026-01-01&group_by=key,day,provider,model";
        using var whole = JsonDocument.Parse(await Host.Client.GetStringAsync(Query));
        var rows = new List<string>();
        var (after, pages) = ("", 0);
        do
        {
            using var page = JsonDocument.Parse(await Host.Client.GetStringAsync($"{Query}&limit={limit}{after}"));
            rows.AddRange(page.RootElement.GetProperty("data").EnumerateArray().Select(row => row.GetRawText()));
            Assert.Equal(whole.RootElement.GetProperty("total").GetRawText(), page.RootElement.GetProperty("total").GetRawText());
            after = page.RootElement.TryGetProperty("next", out var next) ? "&after=" + next.GetString() : null;
            pages++;
        }
        while (after is not null);

        Assert.Equal(whole.RootElement.GetProperty("data").EnumerateArray().Select(row => row.GetRawText()), rows);
        Assert.Equal((rows.Count + limit - 1) / limit, pages);
    }

    [Fact]
    public async Task One_owners_usage_is_that_of_the_day_and_of_its_month()
    {
        Script();
        var client = new UsageClient(Host.Grains.Factory);

        var (day, month) = await client.SumAsync("a", new(2026, 1, 31), CancellationToken.None);

        Assert.Equal((1, 0.00275m), (day.Requests, day.CostUsd));
        Assert.Equal((2, 0.00275m, 1), (month.Requests, month.CostUsd, month.UnpricedRequests));
        Assert.Equal(default, await client.SumAsync("nobody", new(2026, 1, 31), CancellationToken.None));
    }

    private void Script()
    {
        Host.Time.SetUtcNow(new(2026, 2, 2, 23, 59, 0, TimeSpan.Zero));
        Host.Grains.UsageOwners(January).Names = ["a", "b"];
        Host.Grains.UsageOwners(February).Names = ["b", "gone"];
        Host.Grains.Usage("a", January).Entries =
        [
            new(new(new(2026, 1, 30), "vllm", "qwen"), UsageSums.Of(ChatUsage.Of(10, 5))),
            new(new(new(2026, 1, 31), "openai", "gpt-4o"), Priced(1000, 50, 0.00275m)),
        ];
        Host.Grains.Usage("b", January).Entries = [new(new(new(2026, 1, 31), "openai", "gpt-4o"), Priced(100, 5, 0.0003m))];
        Host.Grains.Usage("b", February).Entries =
        [
            new(new(new(2026, 2, 1), "openai", "gpt-4o"), Priced(100, 5, 0.0002m) + UsageSums.Of(ChatUsage.Of(7, 3))),
        ];
    }

    private static UsageSums Priced(int prompt, int answer, decimal cost) => UsageSums.Of(ChatUsage.Of(prompt, answer) with
    {
        PromptTokensDetails = new() { CachedTokens = 40 },
        CostUsd = cost,
    });
}
