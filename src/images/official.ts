/**
 * The official images of Docker Hub (docker.io/library), past and present. A name of one word that
 * is not here does not exist there.
 */
export const OFFICIAL_IMAGES: ReadonlySet<string> = new Set(
  `adminer aerospike almalinux alpine alt amazoncorretto amazonlinux api-firewall arangodb archlinux backdrop bash
  bonita buildpack-deps busybox caddy cassandra celery centos chronograf cirros clearlinux clefos clickhouse clojure
  composer consul convertigo couchbase couchdb crate crux dart debian django docker drupal eclipse-mosquitto
  eclipse-temurin eggdrop elasticsearch elixir emqx erlang euleros express-gateway fedora flink fluentd friendica
  fsharp gazebo gcc geonetwork ghost glassfish golang gradle groovy haproxy haskell haxe hello-world hipache hitch
  httpd hylang ibm-semeru-runtimes ibmjava influxdb iojs irssi java jenkins jetty jobber joomla jruby julia kaazing-gateway
  kapacitor kibana known kong krakend lightstreamer liquibase logstash mageia mariadb matomo maven mediawiki memcached
  mongo mongo-express monica mono mysql nats nats-streaming neo4j neurodebian nextcloud nginx node notary nuxeo odoo
  open-liberty openjdk opensuse oraclelinux orientdb percona perl photon php php-zendserver phpmyadmin piwik plone
  postfixadmin postgres pypy python r-base rabbitmq rails rakudo-star rapidoid redis redmine registry rethinkdb rockylinux
  rocket.chat ros ruby rust sapmachine satosa scratch sentry silverpeas sl solr sonarqube sourcemage spark spiped storm
  swarm swift swipl teamspeak telegraf thrift tomcat tomee traefik ubuntu ubuntu-debootstrap ubuntu-upstart unit varnish
  vault websphere-liberty wordpress xwiki yourls znc zookeeper`.split(/\s+/),
);
