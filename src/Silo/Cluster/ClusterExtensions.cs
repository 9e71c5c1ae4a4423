using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Dashboard;
using Prism.Gateway;
using Prism.Gateway.Auth;
using Prism.Gateway.Browsers;
using Prism.Gateway.Health;
using Prism.Gateway.Home;
using Prism.Gateway.Overload;
using Prism.Silo.Configuration;
using Prism.Silo.Server;

namespace Prism.Silo.Cluster;

/// <summary>Makes the process a silo.</summary>
internal static class ClusterExtensions
{
    // The page has inline styles and requests nothing from other hosts.
    private const string DashboardPolicy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";

    /// <summary>Adds the silo: one of a cluster if <see cref="RedisOptions.Url"/> is set, else a single one in memory.</summary>
    /// <exception cref="SettingException">The URL is invalid.</exception>
    public static WebApplicationBuilder AddPrismCluster(this WebApplicationBuilder builder)
    {
        var endpoints = SettingsSection<SiloEndpointOptions>.Read(Settings.ClusterSection, builder.Configuration);
        var redis = ReadRedisUrl(builder.Configuration);
        builder.UseOrleans(silo =>
        {
            _ = redis is null ? silo.UseMemory(endpoints) : silo.UseRedis(endpoints, redis);
            silo.UseTiming().UseSmallDirectoryCache().UseSuddenEnd();
            if (IsDashboardEnabled(builder.Configuration))
            {
                // Without the live log: it would show the log lines of all callers.
                silo.AddDashboard(dashboard => dashboard.HideTrace = true).StartDashboardLater();
            }
        });
        builder.Services.AddOptions<HomeOptions>().Configure<IOptions<OrleansDashboardOptions>>((home, dashboard) =>
        {
            if (dashboard.Value.Enabled)
            {
                home.Links.Add(new("dashboard", "/dashboard", "Silos and grains"));
            }
        });
        return builder;
    }

    /// <summary>Serves the Orleans dashboard, unless <see cref="OrleansDashboardOptions.Enabled"/> is off.</summary>
    public static IEndpointRouteBuilder MapPrismDashboard(this IEndpointRouteBuilder endpoints)
    {
        if (endpoints.ServiceProvider.GetRequiredService<IOptions<OrleansDashboardOptions>>().Value.Enabled)
        {
            endpoints.MapOrleansDashboard("/dashboard").For(Access.AdminInBrowser)
                .WithoutLimits().WhileStarting().MayBeCached().WithContentPolicy(DashboardPolicy).AnswerHead();
        }

        return endpoints;
    }

    private static ISiloBuilder UseTiming(this ISiloBuilder silo)
    {
        silo.Services.AddOptions<ClusterMembershipOptions>().Configure<IOptions<ClusterTimingOptions>>((membership, timing) =>
        {
            membership.ProbeTimeout = timing.Value.ProbeTimeout;
            membership.MaxProbeTimeout = timing.Value.MaxProbeTimeout;
            membership.NumMissedProbesLimit = timing.Value.MissedProbes;
            membership.TableRefreshTimeout = timing.Value.TableRefresh;
            membership.IAmAliveTablePublishTimeout = timing.Value.AliveInterval;
            membership.MaxJoinAttemptTime = timing.Value.JoinTimeout;
            // This health check would have a silo that starts slowly declared dead, by itself first. Probes find a silo that dies while it joins.
            membership.EvictWhenMaxJoinAttemptTimeExceeded = false;
        });
        silo.Services.AddOptions<SiloMessagingOptions>().Configure<IOptions<ClusterTimingOptions>>((messaging, timing) =>
        {
            messaging.ResponseTimeout = timing.Value.ResponseTimeout;
            messaging.CancelRequestOnTimeout = timing.Value.CancelOnTimeout;
            messaging.MaxEnqueuedRequestsHardLimit = timing.Value.MaxQueuedCalls;
        });
        return silo;
    }

    // The length of a silo's table of grain locations. Two such tables are allocated at the start: Orleans' million entries are 19 MB of each silo.
    private static ISiloBuilder UseSmallDirectoryCache(this ISiloBuilder silo) => silo.Configure<GrainDirectoryOptions>(directory => directory.CacheSize = 100_000);

    private static ISiloBuilder UseSuddenEnd(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.TryAddSingleton<IProcessEnd, ProcessEnd>();
        silo.Services
            .AddSingleton<IFatalErrorHandler, SuddenEnd>()
            .AddSingleton<StandstillMeter>()
            .AddHostedService(services => services.GetRequiredService<StandstillMeter>());
        return silo;
    }

    // Needed while the host is being built, before the options are checked.
    private static RedisUrl? ReadRedisUrl(ConfigurationManager configuration)
    {
        if (configuration[Settings.RedisUrlPath] is not { Length: > 0 } text)
        {
            return null;
        }

        var (url, problem) = RedisUrl.TryParse(text);
        return url ?? throw new SettingException($"{Settings.LabelOf(Settings.RedisUrlPath)} {problem}.");
    }

    private static bool IsDashboardEnabled(ConfigurationManager configuration) =>
        SettingsSection<OrleansDashboardOptions>.Read(Settings.DashboardSection, configuration).Enabled;
}
