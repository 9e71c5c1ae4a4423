using Prism.Bench.Generator;
using Prism.Bench.Processes;
using Prism.Bench.Report;

namespace Prism.Bench.Cases;

/// <summary>
/// Requests in OpenAI's format for providers with other formats, so Prism converts request and answer. Beside it YARP forwards the same requests to
/// the same upstream, which answers YARP in OpenAI's format.
/// </summary>
internal static class VendorCase
{
    private const int WholeConnections = 64;
    private const int StreamConnections = 16;

    private static readonly (string Name, Vendor Vendor)[] Vendors = [("Anthropic", Vendor.Anthropic), ("Ollama", Vendor.Ollama)];

    public static async Task<CaseReport> RunAsync(Testbed testbed, Budget budget, CancellationToken cancellationToken)
    {
        var yarp = await testbed.YarpAsync();
        var prisms = await Contenders.OfPrismAsync(testbed, "", PrismSetup.Everything with { OtherVendors = true }, silos => Plans.Echo(silos));

        var whole = await Rounds.RunAsync(
            testbed.Load,
            [
                new("YARP, whole", [yarp], Plans.Json([yarp], Plans.DirectPath(Paths.Json), WholeConnections)),
                .. ToContenders(
                    prisms,
                    "whole",
                    (servers, vendor) => Plans.Json(servers, Plans.PrismPath(vendor.PathOf(Paths.Json)), WholeConnections, model: vendor.Model)),
            ],
            budget,
            cancellationToken);
        var streamed = await Rounds.RunAsync(
            testbed.Load,
            [
                new("YARP, streamed", [yarp], Plans.Stream([yarp], Plans.DirectPath(Paths.Stream), StreamConnections)),
                .. ToContenders(
                    prisms,
                    "streamed",
                    (servers, vendor) => Plans.Stream(servers, Plans.PrismPath(vendor.PathOf(Paths.Stream)), StreamConnections, vendor.Model)),
            ],
            budget,
            cancellationToken);

        return Reports.Of(
            [Tables.OfRequests(whole), Tables.OfStreams(streamed)],
            [.. whole, .. streamed],
            [
                .. Verdicts(whole, prisms.Count, "CPU a request", sample => sample.CpuOfRequest),
                .. Verdicts(streamed, prisms.Count, "CPU a token", sample => sample.CpuOfEvent),
            ]);
    }

    private static IEnumerable<Contender> ToContenders(
        IReadOnlyList<Contender> prisms, string answer, Func<IReadOnlyList<ServerProcess>, Vendor, LoadPlan> plan) =>
        from one in Vendors
        from prism in prisms
        select prism with { Name = $"{prism.Name}, {one.Name}, {answer}", Plan = plan(prism.Servers, one.Vendor) };

    // YARP is first, then each vendor with every build of Prism. The verdict is on the first build.
    private static IEnumerable<Verdict> Verdicts(IReadOnlyList<Series> all, int builds, string what, Func<Sample, double> value) =>
        Vendors.Select((one, i) => Verdict.AtMost(
            $"{one.Name}-type upstream, OpenAI format in: {what}", 1.6, all[1 + (i * builds)].Against(all[0], value).Median, "× YARP's"));
}
