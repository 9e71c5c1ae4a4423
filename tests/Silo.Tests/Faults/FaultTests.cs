namespace Prism.Tests.Faults;

/// <summary>Each row of the table of faults in docs/operations.md, for each type of provider, through the whole service.</summary>
public sealed class FaultTests(FaultyProviders providers) : IClassFixture<FaultyProviders>
{
    public static TheoryData<string, string, bool> Cases
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (var one in FaultCase.All)
            {
                data.Add(one.Row.Fault, one.Vendor.Name, one.Row.Streamed);
            }

            return data;
        }
    }

    [Fact]
    public void Every_row_has_a_script_and_every_script_a_row()
    {
        Assert.Equal(FaultScripts.All.Keys.Order(StringComparer.Ordinal), FaultTable.Rows.Select(row => row.Fault).Distinct().Order(StringComparer.Ordinal));
        Assert.Distinct(FaultTable.Rows.Select(row => (row.Fault, row.Streamed)));
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task A_fault_is_what_the_table_says(string fault, string vendor, bool streamed)
    {
        var one = FaultCase.Find(fault, vendor, streamed);
        Assert.True(one.Script is not null, "The row has no script.");

        var seen = await providers.AskAgainAsync(one);
        var kind = await providers.FindKindAsync(one);
        var once = await providers.AskOnceAsync(one);
        var next = await providers.AskNextAsync(one);

        AssertSeen(one, seen);
        AssertSeen(one, once);
        Assert.Equal(one.Row.Kind, kind);
        Assert.Equal((one.Row.IsAskedAgain ? "2" : "1", "1"), (seen.Attempts, once.Attempts));
        Assert.Equal((null, one.Row.PassesRetryAfter ? FaultCall.RetryAfter : null), (seen.RetryAfter, once.RetryAfter));
        Assert.Equal(one.Row.OpensBreaker, next.Error?.Code == "provider_unavailable");
    }

    private static void AssertSeen(FaultCase one, FaultSighting seen)
    {
        var (row, vendor) = (one.Row, one.Vendor);
        Assert.Equal(row.Status, seen.Status);
        Assert.DoesNotContain(FaultVendor.Key, seen.Body, StringComparison.Ordinal);
        Assert.Equal(row.ErrorType is null, seen.IsWhole);
        Assert.Equal(seen.IsWhole ? "Hello world" : row.EndsInError ? "Hello" : "", seen.Text);
        if (seen.IsWhole)
        {
            AssertUsage(seen);
            return;
        }

        Assert.Equal((row.ErrorType, row.ErrorCode == FaultRow.OwnCode ? vendor.OwnCode : row.ErrorCode), (seen.Error?.Type, seen.Error?.Code));
        if (row.IsRequestsFault)
        {
            Assert.Equal(FaultVendor.Words.Replace(FaultVendor.Key, "***", StringComparison.Ordinal), seen.Error?.Message);
        }
        else
        {
            Assert.StartsWith($"Provider '{one.Provider}' ", seen.Error?.Message, StringComparison.Ordinal);
        }
    }

    // The provider's, or counted: "Hello world" is two tokens to either.
    private static void AssertUsage(FaultSighting seen)
    {
        var (prompt, answer, total) = Assert.NotNull(seen.Usage);
        Assert.InRange(prompt, 1, 20);
        Assert.Equal((2, prompt + 2), (answer, total));
    }
}
